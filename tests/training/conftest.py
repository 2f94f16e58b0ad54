from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from figures import figure

pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")
pytest.importorskip("lightning_fabric")


@pytest.fixture(scope="session")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with eight figures in images/ and masks/."""
    folder = tmp_path_factory.mktemp("portraits")
    for part in ("images", "masks"):
        (folder / part).mkdir()
    for number in range(8):
        image, mask = figure(number)
        cv2.imwrite(str(folder / "images" / f"figure-{number}.png"), image)
        cv2.imwrite(str(folder / "masks" / f"figure-{number}.png"), mask)
    return folder


@pytest.fixture(scope="session")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three walls."""
    folder = tmp_path_factory.mktemp("rooms")
    for number in range(3):
        wall = np.random.default_rng(50 + number).integers(0, 256, (5, 8, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"wall-{number}.png"), cv2.resize(wall, (320, 200)))
    return folder


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter of a network that takes red for a person."""
    from red_teacher import write_teacher  # wants what may be missing, see above

    return write_teacher(tmp_path_factory.mktemp("teacher"))
