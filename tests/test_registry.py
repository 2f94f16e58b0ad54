from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from live_seg import registry
from live_seg.config import build
from live_seg.config.tree import Engine
from live_seg.effects import open_effect
from live_seg.engines import engines
from live_seg.errors import LiveSegError, UsageError
from live_seg.frame import Size
from live_seg.models import Model, Network
from live_seg.registry import Registry
from live_seg.sinks import Stream, open_sink, sinks
from live_seg.sources import open_source, sources

OURS = ["blur", "replace", "transparent"]


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> Registry[Any]:
    """A registry of ours, in an environment where another package brings three effects, one of them broken."""
    entries = [
        EntryPoint("sepia", "collections:Counter", "live_seg.effects"),
        EntryPoint("broken", "no_such_package:Effect", "live_seg.effects"),
        EntryPoint("blur", "collections:OrderedDict", "live_seg.effects"),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: [e for e in entries if e.group == group])
    from live_seg.effects import effects

    return effects


def test_names_are_ours_and_those_of_other_packages(effects: Registry[Any]) -> None:
    assert effects.names() == ["blur", "broken", "replace", "sepia", "transparent"]


def test_a_class_of_another_package_is_found_by_its_entry_point(effects: Registry[Any]) -> None:
    from collections import Counter

    try:
        assert effects.get("sepia") is Counter
    finally:
        effects._classes.pop("sepia", None)


def test_a_package_that_is_broken_is_named_and_stops_nothing_else(effects: Registry[Any]) -> None:
    with pytest.raises(LiveSegError, match="effect 'broken' of the package no_such_package cannot be loaded"):
        effects.get("broken")
    assert effects.get("blur").__name__ == "Blur"


def test_what_another_package_raises_when_its_class_is_made_names_it(
    effects: Registry[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(config: object) -> None:
        raise KeyError("strength")

    def refuses(config: object) -> None:
        raise UsageError("strength is above 1", "Give 0 to 1.")

    monkeypatch.setattr("collections.Counter", breaks)
    try:
        with pytest.raises(LiveSegError, match=r"'sepia' of the package collections cannot be made: KeyError"):
            open_effect(build({"effect": {"name": "sepia"}}))
        effects._classes["sepia"] = refuses  # type: ignore[assignment]
        with pytest.raises(UsageError, match=r"strength is above 1\. Give 0 to 1\."):
            open_effect(build({"effect": {"name": "sepia"}}))
    finally:
        effects._classes.pop("sepia", None)


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("source", lambda: open_source(build({"source": {"camera": "broken:x"}}), time.perf_counter)),
        ("sink", lambda: open_sink("broken", build({}), Stream(Size(64, 48), 30, True))),
        ("engine", lambda: Network(Model("m", Path("m.onnx"), ""), "broken", Engine()).load(Size(64, 32))),
    ],
)
def test_sources_sinks_and_engines_of_other_packages_are_named_too(
    monkeypatch: pytest.MonkeyPatch, kind: str, make: Callable[[], object]
) -> None:
    def breaks(*arguments: object) -> None:
        raise OSError("no such thing")

    monkeypatch.setattr("collections.Counter", breaks)
    entry = EntryPoint("broken", "collections:Counter", f"live_seg.{kind}s")
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == entry.group else [])
    with pytest.raises(LiveSegError, match=f"the {kind} 'broken' of the package collections cannot be made: OSError"):
        make()
    for known in (sources, sinks, engines):
        known._classes.pop("broken", None)


def test_what_ours_raises_stays_what_it_is(effects: Registry[Any]) -> None:
    with pytest.raises(KeyError), effects.making("blur"):
        raise KeyError("ours")


def test_ours_goes_before_a_foreign_one_of_the_same_name(effects: Registry[Any]) -> None:
    assert effects.get("blur").__module__ == "live_seg.effects.blur"


def test_an_unknown_name_gets_the_nearest_of_all(effects: Registry[Any]) -> None:
    with pytest.raises(UsageError, match=r"no effect is called 'sepiaa'\. Did you mean sepia\?"):
        effects.get("sepiaa")
    with pytest.raises(UsageError, match="There are: blur, broken, replace, sepia, transparent"):
        effects.get("xyzzy")


def test_two_classes_of_one_name_are_refused() -> None:
    own: Registry[Any] = Registry("thing", "live_seg.effects")
    own.register("a")(int)
    own.register("a")(int)  # the same once more, as when a module is loaded anew
    with pytest.raises(LiveSegError, match="two things are called 'a'"):
        own.register("a")(str)


def test_threads_that_ask_at_once_all_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from live_seg.effects import effects

    monkeypatch.setattr(effects, "_loaded", False)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(effects.get("blur").__name__)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Blur"] * 8
