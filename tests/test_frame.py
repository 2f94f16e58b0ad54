from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.errors import EngineError, LiveSegError, nearest, unknown
from live_seg.frame import Frame, Size


@given(st.integers(1, 99999), st.integers(1, 99999))
def test_a_size_is_read_as_it_is_written(width: int, height: int) -> None:
    assert Size.parse(str(Size(width, height))) == (width, height)


@pytest.mark.parametrize("text", ["1280X720", " 1280 x 720 ", "1280×720"])
def test_a_size_is_read_as_people_write_it(text: str) -> None:
    assert Size.parse(text) == (1280, 720)


@pytest.mark.parametrize("text", ["", "720", "0x720", "1280x0", "-1x2", "1280x720x3", "axb", "12.5x3", "123456x1"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size such as 1280x720"):
        Size.parse(text)


@pytest.mark.parametrize("shape", [(48, 64), (48, 64, 3), (48, 64, 4)])
def test_width_comes_first_in_a_size_and_second_in_an_array(shape: tuple[int, ...]) -> None:
    assert Size.of(np.zeros(shape, np.uint8)) == Size(64, 48)


def test_a_frame_knows_its_size() -> None:
    assert Frame(np.zeros((48, 64, 3), np.uint8), 0, 0.0).size == Size(64, 48)


def test_an_error_says_what_happened_and_what_to_do() -> None:
    assert str(EngineError("it broke", "Mend it.")) == "it broke. Mend it."
    assert str(LiveSegError("it broke")) == "it broke"


def test_each_kind_of_error_has_its_own_exit_code() -> None:
    codes = {
        kind.__name__: kind.exit_code for kind in LiveSegError.__subclasses__() if kind.__module__ == "live_seg.errors"
    }
    assert len(set(codes.values()) | {LiveSegError.exit_code}) == len(codes) + 1
    assert not set(codes.values()) & {0, 130, 143}


def test_the_nearest_name_comes_first() -> None:
    assert nearest("blurr", ["transparent", "blur", "replace"])[0] == "blur"
    assert nearest("xyzzy", ["blur", "replace"]) == []
    assert str(unknown("effect", "xyzzy", ["b", "a"])) == "no effect is called 'xyzzy'. There are: a, b."
