from __future__ import annotations

import threading
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from live_seg import registry
from live_seg.errors import LiveSegError, UsageError
from live_seg.registry import Registry

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
