from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live_seg.models import find_model

AREA_PX = 20480
"""Half of the usual input, in half of the time; in smaller ones whole numbers lose more than they do in use."""


@pytest.fixture(scope="session")
def fp16() -> Path:
    return find_model("person-fp16").file


@pytest.fixture(scope="session")
def network(fp16: Path) -> Iterator[Any]:
    torch = pytest.importorskip("torch")
    pytest.importorskip("segmentation_models_pytorch")
    from live_seg.exporting.checkpoint import load_checkpoint

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # inputs this small gain nothing from more, and waiting threads slow down other tests
    yield load_checkpoint(fp16)
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def single(network: Any) -> Any:
    """The shipped network as an fp32 graph."""
    from live_seg.exporting.graph import to_onnx

    return to_onnx(network)


@pytest.fixture(scope="session")
def data(single: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portrait in several shapes; the truth is a little more than what the network itself finds in fp32.

    So a network that finds a pixel more or less here and there is not worse for it, as with true masks.
    """
    from portraits import portraits, write_pairs

    from live_seg.exporting.calibration import to_input
    from live_seg.exporting.parity import onnx_run
    from live_seg.exporting.validation import enlarged_alpha
    from live_seg.frame import Size

    run, row = onnx_run(single), replace(find_model("person-int8"), area_px=AREA_PX)
    masks = {}
    for name, image in portraits().items():
        alpha = enlarged_alpha(run(to_input(image, row)), Size.of(image), 1.0)
        masks[name] = cv2.dilate(np.where(alpha >= 128, 255, 0).astype(np.uint8), np.ones((15, 15), np.uint8))
    return write_pairs(tmp_path_factory.mktemp("people"), masks)


@pytest.fixture
def plan(fp16: Path, data: Path, tmp_path: Path) -> Callable[..., Any]:
    from live_seg.evaluation.split_file import find_data, find_pictures
    from live_seg.exporting.export import Plan

    known = Plan(
        checkpoint=fp16,
        out=tmp_path / "weights",
        name="someone",
        calibrate=find_pictures(data),
        validate=find_data(data),
        data="portraits",
        command="live-seg export",
        date="2026-01-31",
        area_px=AREA_PX,
        gpu_area_px=AREA_PX,
    )
    return lambda **changes: replace(known, **changes)
