"""What is imported when: heavy libraries only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NEVER = {"torch", "torchvision", "matplotlib", "flask", "fastapi", "starlette", "aiohttp", "scipy", "skimage", "pandas"}
ON_DEMAND = {"aiogram", "av", "pyvirtualcam", "rich", "onnx"}
REPORT = "\nimport json, sys; print('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
RUN = "from live_seg.cli.main import main; assert main({words!r}.split()) == 0"
APP = "--camera synthetic --size 320x180 --no-window --frames 3"


def imported(code: str) -> set[str]:
    """Top-level modules that are loaded after the code ran in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("effect", "engine"),
    [("--blur", "cpu"), ("--blur", "openvino"), ("--replace #00b140", "fixed"), ("--transparent", "fixed")],
)
def test_the_running_app_imports_nothing_that_it_does_not_use(effect: str, engine: str) -> None:
    found = imported(RUN.format(words=f"{APP} {effect} --engine {engine}"))
    assert not found & (NEVER | ON_DEMAND)
    assert ("onnxruntime" in found) == (engine == "cpu")
    assert ("openvino" in found) == (engine == "openvino")


def test_the_package_itself_imports_nothing() -> None:
    assert not imported("import live_seg") & (NEVER | ON_DEMAND | {"cv2", "numpy", "msgspec"})


def test_all_public_names_together_import_no_engine_and_nothing_heavy() -> None:
    found = imported("from live_seg import *")
    assert not found & (NEVER | ON_DEMAND | {"onnxruntime", "openvino"})


def test_version_is_printed_without_loading_what_makes_pictures() -> None:
    assert not imported(RUN.format(words="--version")) & (NEVER | ON_DEMAND | {"cv2", "numpy", "msgspec"})


def test_every_public_name_is_there() -> None:
    import live_seg

    assert all(getattr(live_seg, name) is not None for name in live_seg.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Matter2'"):
        live_seg.Matter2  # noqa: B018
