from __future__ import annotations

import pytest

from live_seg.config import Config, build, changed, default_values, keys, parse_value, values_of
from live_seg.errors import UsageError


def test_the_defaults_pass_their_own_checks() -> None:
    assert build(default_values()) == build({}) == Config()


@pytest.mark.parametrize("key", keys().values(), ids=keys())
def test_every_key_says_what_it_is_and_has_its_default(key) -> None:  # type: ignore[no-untyped-def]
    part, name = key.name.split(".")
    assert len(key.about) > 10
    assert not key.about.endswith(".")
    assert default_values()[part][name] == key.default


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"blurr": {}}, r"no key 'blurr'\. Did you mean blur\?"),
        ({"blur": {"radius": 3}}, r"no key 'blur\.radius'\. Did you mean blur\.radius_px"),
        ({"blur": {"mirror": True}}, r"no key 'blur\.mirror'\. Did you mean source\.mirror"),
        ({"wolf": {"sheep": 1}}, r"no key 'wolf'\. live-seg --print-config shows every key\."),
        ({"blur": 3}, r"'blur' is a part of the configuration, not a key\. Write \[blur\]"),
        ({"blur": {"radius_px": "a"}}, r"blur\.radius_px: expected float, got str\. Standard deviation"),
        ({"blur": {"radius_px": 0}}, r"blur\.radius_px: expected float >= 1\.0\. .*\(1 to 200\)"),
        ({"guard": {"hide": "x"}}, r"guard\.hide: invalid enum value 'x'\. .*'blur', 'card'"),
        ({"source": {"size": "big"}}, r"source\.size: that is not how it is written\. .*like 1280x720"),
        ({"source": {"fps": 0}}, r"source\.fps: expected float > 0"),
        ({"source": {"timeout_ms": 10**13}}, r"source\.timeout_ms: expected int <= 600000"),
        ({"window": {"show": 1}}, r"window\.show: expected bool, got int"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_what_is_right(values: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        build(values)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("source.camera", "0", "0"),
        ("source.camera", "Part of a name", "Part of a name"),
        ("source.size", "640x480", "640x480"),
        ("guard.hide", "card", "card"),
        ("blur.radius_px", "20", 20),
        ("matting.steady", "0.25", 0.25),
        ("window.show", "false", False),
        ("effect.options", '{strength = 3, colour = "red"}', {"strength": 3, "colour": "red"}),
    ],
)
def test_a_value_is_read_as_its_keys_type(name: str, text: str, value: object) -> None:
    assert parse_value(name, text) == value
    part, key = name.split(".")
    assert values_of(build({part: {key: parse_value(name, text)}}))[part][key] == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("window.show", "True", "Write true or false"),
        ("engine.threads", "two", "Write a whole number"),
        ("blur.radius_px", "", "Write a number"),
        ("effect.options", "{", "as in a TOML file"),
        ("blur.radius", "1", r"Did you mean blur\.radius_px"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_value(name, text)


def test_changed_sets_one_key_and_leaves_the_rest() -> None:
    config = changed(Config(), "blur.radius_px", 20)
    assert config.blur.radius_px == 20
    assert changed(config, "blur.radius_px", 16.0) == Config()
    with pytest.raises(UsageError, match="expected float <= 200"):
        changed(Config(), "blur.radius_px", 1000)
