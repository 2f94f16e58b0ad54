"""Models for the same thing are one family, whatever they compute in."""

from __future__ import annotations

from pathlib import Path

import pytest

from live_seg.config.tree import Engine as EngineConfig
from live_seg.errors import UsageError
from live_seg.frame import Size
from live_seg.matting import choose
from live_seg.models import Model, Network, best_model, families, find_model, store


@pytest.fixture
def people_and_pets(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        Model(f"{family}-{precision}", Path(f"{family}-{precision}.onnx"), precision)
        for family in ("person", "pets")
        for precision in ("int8", "fp16")
    ]
    monkeypatch.setattr(store, "models", lambda: tuple(rows))


@pytest.mark.usefixtures("people_and_pets")
def test_the_best_of_a_family_is_found_by_its_name() -> None:
    assert families() == ["person", "pets"]
    assert best_model("fp16").name == "person-fp16"
    assert best_model("fp16", "pets").name == "pets-fp16"
    assert best_model("fp32", "pets").name == "pets-int8"
    assert find_model("pets", "fp16").name == "pets-fp16"
    assert find_model("pets").name == "pets-int8"
    assert find_model("auto", "fp16").name == "person-fp16"


@pytest.mark.usefixtures("people_and_pets")
def test_an_unknown_model_names_families_too() -> None:
    with pytest.raises(UsageError, match="Did you mean pets"):
        find_model("petss")


def test_the_shipped_family_can_be_chosen_by_its_name() -> None:
    config = EngineConfig(name="cpu", model="person", threads=1)
    assert choose(config, Size(640, 480)).network.model.name == "person-int8"


def test_sessions_that_were_used_last_are_kept() -> None:
    with Network(Model("no model", Path("none.onnx"), ""), "fixed", EngineConfig()) as network:
        network.kept = 2
        first = network.load(Size(64, 32))
        network.load(Size(32, 64))
        assert network.load(Size(64, 32)) is first
        network.load(Size(32, 32))
        assert network.load(Size(64, 32)) is first
