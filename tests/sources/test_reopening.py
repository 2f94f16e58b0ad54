import itertools
import threading

import numpy as np
import pytest

from live_seg.config import Config, changed
from live_seg.errors import SourceError, SourceLost
from live_seg.frame import Frame, Size
from live_seg.sources.reopening import ReopeningSource, card_s, pauses, reopening
from live_seg.sources.source import SourceBase

LONG_S = 30.0
IMAGE = np.zeros((4, 8, 3), np.uint8)


class Flaky(SourceBase):
    """Gives `frames` frames, then is lost; `comebacks` says what each attempt to open it again brings."""

    live = True

    def __init__(self, frames, comebacks=(), log=None, name="C920 (/dev/video0)", width=8):
        self.name, self.size, self.fps = name, Size(width, 4), 30.0
        self.log = [] if log is None else log
        self._frames = frames
        self._comebacks = iter(comebacks)
        self._index = 0

    def read(self, timeout_s):
        if self._index == self._frames:
            raise SourceLost(f"{self.name} is gone", "Is it still plugged in?")
        self._index += 1
        return Frame(IMAGE, self._index - 1, float(self._index))

    def close(self):
        self.log.append(f"closed {self.name}")

    def again(self):
        self.log.append("looked")
        found = next(self._comebacks)
        if isinstance(found, Exception):
            raise found
        return found


class Pauses:
    """Counts pauses and takes none; `held` makes the search wait until it is let go."""

    def __init__(self, held=False):
        self.taken = []
        self.go = threading.Event()
        if not held:
            self.go.set()

    def __call__(self, stop, seconds):
        self.taken.append(seconds)
        while not self.go.is_set() and not stop.is_set():
            self.go.wait(0.001)
        return stop.is_set()


def read_until_back(source):
    for _ in range(1000):
        try:
            return source.read(LONG_S)
        except SourceLost:
            continue
    raise AssertionError("it never came back")


def test_frames_pass_through():
    with ReopeningSource(Flaky(2), Pauses()) as source:
        assert [source.read(LONG_S).index for _ in range(2)] == [0, 1]
        assert (source.name, source.size, source.fps, source.live) == ("C920 (/dev/video0)", Size(8, 4), 30.0, True)
        assert source.state == ""


def test_a_loss_is_said_with_what_happens_next():
    with ReopeningSource(Flaky(0), Pauses(held=True)) as source:
        with pytest.raises(SourceLost, match=r"C920 \(/dev/video0\) is gone; looking for it"):
            source.read(LONG_S)
        assert source.state == "C920 (/dev/video0) is gone; looking for it"
        assert source.losses == 1


def test_the_lost_source_is_released_before_it_is_looked_for():
    back = Flaky(1)
    lost = Flaky(0, [back])
    with ReopeningSource(lost, Pauses()) as source:
        assert read_until_back(source).index == 0
    assert lost.log == ["closed C920 (/dev/video0)", "looked"]
    assert back.log == ["closed C920 (/dev/video0)"]


def test_frames_are_numbered_on_and_the_new_name_and_size_count():
    back = Flaky(2, name="C920 (/dev/video2)", width=16)
    with ReopeningSource(Flaky(3, [back]), Pauses()) as source:
        indices = [source.read(LONG_S).index for _ in range(3)]
        indices.append(read_until_back(source).index)
        indices.append(source.read(LONG_S).index)
        assert indices == [0, 1, 2, 3, 4]
        assert (source.name, source.size, source.state) == ("C920 (/dev/video2)", Size(16, 4), "")


def test_pauses_grow_to_five_seconds_and_attempts_never_end():
    assert list(itertools.islice(pauses(), 7)) == [0.5, 1, 2, 4, 5, 5, 5]
    waited = Pauses()
    away = [SourceError("not there")] * 6
    with ReopeningSource(Flaky(0, [*away, Flaky(1)]), waited) as source:
        read_until_back(source)
    assert waited.taken == [0.5, 1, 2, 4, 5, 5, 5]


def test_the_search_goes_on_after_an_error_that_nobody_foresaw():
    with ReopeningSource(Flaky(0, [OSError("too many open files"), Flaky(1)]), Pauses()) as source:
        assert read_until_back(source).index == 0


def test_while_it_is_away_a_read_returns_in_its_time_and_soon_enough_for_the_card():
    with ReopeningSource(Flaky(0), Pauses(held=True)) as source:
        for _ in range(3):
            with pytest.raises(SourceLost):
                source.read(0)
        assert source.losses == 1
    assert card_s <= 0.5


def test_why_it_cannot_be_opened_yet_is_in_the_state():
    tried = threading.Event()

    def wait(stop, seconds):
        if seconds == 1.0:  # the second pause: the first attempt has failed
            tried.set()
            stop.wait(LONG_S)
        return stop.is_set()

    with ReopeningSource(Flaky(0, [SourceError("C920 is in use by zoom (pid 4211)")]), wait) as source:
        with pytest.raises(SourceLost):
            source.read(LONG_S)
        assert tried.wait(LONG_S)
        with pytest.raises(SourceLost, match="in use by zoom"):
            source.read(0)


def test_a_second_loss_is_like_the_first():
    with ReopeningSource(Flaky(1, [Flaky(1, [Flaky(1)])]), Pauses()) as source:
        source.read(LONG_S)
        assert [read_until_back(source).index for _ in range(2)] == [1, 2]
        assert source.losses == 2


def test_the_end_of_the_source_passes_through():
    class Ending(Flaky):
        def read(self, timeout_s):
            return None

    with ReopeningSource(Ending(0), Pauses()) as source:
        assert source.read(LONG_S) is None


def test_closing_ends_the_search_and_its_thread():
    waiting = Pauses(held=True)
    source = ReopeningSource(Flaky(0), waiting)
    with pytest.raises(SourceLost):
        source.read(LONG_S)
    source.close()
    source.close()
    assert "reopening" not in [thread.name for thread in threading.enumerate()]


def test_what_is_found_after_closing_is_closed_too():
    found, begun, go = Flaky(1), threading.Event(), threading.Event()

    class Slow(Flaky):
        def again(self):
            begun.set()
            go.wait(LONG_S)
            return found

    source = ReopeningSource(Slow(0), Pauses())
    with pytest.raises(SourceLost):
        source.read(LONG_S)
    assert begun.wait(LONG_S)
    source._stop.set()
    go.set()
    source.close()
    assert found.log == ["closed C920 (/dev/video0)"]


def test_what_was_found_is_closed_too_if_somebody_reads_while_it_is_closed():
    class Read(Flaky):
        def close(self):
            super().close()
            if len(self.log) > 2:  # not when it was lost
                with pytest.raises(SourceLost):
                    source.read(0)

    found = Flaky(1)
    source = ReopeningSource(Read(0, [found]), Pauses())
    with pytest.raises(SourceLost):
        source.read(LONG_S)
    source._search.join(LONG_S)
    source.close()
    assert found.log == ["closed C920 (/dev/video0)"]


def test_only_live_sources_that_can_be_opened_again_are_wrapped_and_only_if_wanted():
    source = Flaky(1)
    assert isinstance(reopening(source, Config()), ReopeningSource)
    assert reopening(source, changed(Config(), "source.reopen", False)) is source
    source.live = False
    assert reopening(source, Config()) is source

    class Once(SourceBase):
        live = True

    once = Once()
    assert reopening(once, Config()) is once
