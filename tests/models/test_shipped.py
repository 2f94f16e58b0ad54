from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

import live_seg
from live_seg.config.tree import Engine as EngineConfig
from live_seg.engines import engines
from live_seg.frame import Size
from live_seg.matting.preprocess import to_blob
from live_seg.matting.sigmoid import to_alpha
from live_seg.models import Model, check, families, models
from live_seg.models.store import weights_folder
from live_seg.shrink import shrink

PORTRAIT = Path(live_seg.__file__).parent / "assets" / "astronaut.webp"
CAT = Path(__file__).parent / "chelsea.webp"
"""Stéfan van der Walt's cat Chelsea, CC0, as `skimage.data.chelsea()` of scikit-image; here as WebP."""
SUBJECTS = {"person": PORTRAIT, "pets": CAT}
ROWS = pytest.mark.parametrize("row", models(), ids=lambda row: row.name)


def matte(row: Model, engine: str, picture: Path, turned: bool = False) -> np.ndarray:
    """Of a part of the picture, wide or upright, at the smallest input that a row names: so all can be compared."""
    image = cv2.imdecode(np.fromfile(picture, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    height, width = image.shape[:2]
    image = np.ascontiguousarray(image[:, width // 3 :] if turned else image[height // 9 : height * 2 // 3])
    size = min(other.input_size(Size.of(image)) for other in models())
    with engines.get(engine)(row.file, size, EngineConfig(threads=1)) as loaded:
        return to_alpha(loaded.run(to_blob(shrink(image, size), row)))


@ROWS
def test_every_row_matches_its_file(row: Model) -> None:
    check(row)
    assert row.bytes == row.file.stat().st_size
    assert len(row.sha256) == 64


@ROWS
def test_every_row_says_what_it_is_and_how_good(row: Model) -> None:
    assert all((row.description, row.training_data, row.terms, row.quality))
    for quality in row.quality:
        assert 0.5 < quality.iou <= 1
        assert 0 < quality.mad < 0.2
        assert quality.command.startswith("live-seg ")


def test_names_are_unique_and_every_file_has_its_row() -> None:
    names = [row.name for row in models()]
    assert len(set(names)) == len(names)
    assert {file.name for file in weights_folder().glob("*.onnx")} == {row.file.name for row in models()}


def test_all_of_the_weights_are_at_most_64_mib() -> None:
    assert sum(file.stat().st_size for file in weights_folder().iterdir()) <= 64 * 2**20


def test_there_is_an_int8_and_an_fp16_model() -> None:
    assert {"int8", "fp16"} <= {row.precision for row in models()}


def test_no_row_names_a_folder_of_the_machine_that_wrote_it() -> None:
    text = (weights_folder() / "registry.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text)["model"]:
        commands = " ".join(quality["command"] for quality in table["quality"])
        assert not any(word.startswith("/") for word in commands.split())
        assert "/" not in table["file"]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("family", families())
def test_every_model_of_a_family_finds_the_same_on_every_engine_of_a_cpu(family: str, turned: bool) -> None:
    present = ["cpu"]
    try:
        import openvino  # noqa: F401

        present.append("openvino")
    except ImportError:
        pass
    mattes = []
    for row in models():
        if row.family == family:
            mattes += [matte(row, engine, SUBJECTS[family], turned) for engine in present]
    assert 0.1 < mattes[0].mean() < 0.9, "a matte of nothing, or of everything, is easily the same"
    assert max(np.abs(one - other).mean() for one, other in combinations(mattes, 2)) < 0.02


@ROWS
def test_a_model_finds_what_it_is_made_for_and_not_what_the_others_are(row: Model) -> None:
    shares = {family: float((matte(row, "cpu", picture) > 0.5).mean()) for family, picture in SUBJECTS.items()}
    assert 0.3 < shares.pop(row.family) < 0.9
    assert max(shares.values()) < 0.02
