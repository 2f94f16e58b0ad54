from __future__ import annotations

import pytest

from live_seg.config import Config
from live_seg.config.commands import end, following, setting, toggle
from live_seg.errors import UsageError


def test_setting_sets_one_key() -> None:
    config = setting("effect.name", "replace")(Config())
    assert config is not None
    assert config.effect.name == "replace"


def test_a_wrong_setting_is_refused() -> None:
    with pytest.raises(UsageError, match="expected float"):
        setting("blur.radius_px", -1)(Config())


def test_toggle_turns_round_and_back() -> None:
    turn = toggle("source.mirror")
    once = turn(Config())
    assert once is not None
    assert once.source.mirror
    assert turn(once) == Config()


def test_following_goes_round_and_starts_anew_from_what_it_does_not_know() -> None:
    step = following("effect.name", ["blur", "replace", "transparent"])
    config: Config | None = Config()
    seen = []
    for _ in range(4):
        assert config is not None
        config = step(config)
        assert config is not None
        seen.append(config.effect.name)
    assert seen == ["replace", "transparent", "blur", "replace"]
    unknown = setting("effect.name", "sepia")(Config())
    assert unknown is not None
    again = step(unknown)
    assert again is not None
    assert again.effect.name == "blur"


def test_end_ends() -> None:
    assert end(Config()) is None
