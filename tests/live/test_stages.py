"""The stages alone: what a slow source, and one that is gone for good, make of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from fakes import SIZE, ListSource, ManualClock, SourceLost, matte_of, room_frame
from guarding import guarded, shows_room

from live_seg.config import Config, build
from live_seg.frame import Frame
from live_seg.live import stages
from live_seg.live.card import card
from live_seg.live.handover import Closed, Newest
from live_seg.live.stages import PAUSED, Away, Matted, Shared, capture, compose
from live_seg.live.statistics import Statistics


class Scripted(Newest[Any]):
    """Gives what a script says, None for a timeout; a plain frame in it was captured meanwhile, then nothing came."""

    def __init__(self, shared: Shared, script: list[Any]) -> None:
        super().__init__()
        self._shared = shared
        self._script = script

    def get(self, timeout_s: float) -> Any:
        if not self._script:
            raise Closed
        item = self._script.pop(0)
        if isinstance(item, Frame):
            self._shared.newest = item
            return None
        if isinstance(item, Matted):
            self._shared.newest = item.frame
        return item


def shared_by(clock: ManualClock, config: Config | None = None, lossless: bool = False) -> Shared:
    return Shared(config or Config(), lossless, clock, Statistics())


def test_the_picture_of_a_slow_source_stays_until_its_next_frame_comes() -> None:
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    first, second = room_frame(0), room_frame(1)
    script = [Matted(first, matte_of(first)), None, None, Matted(second, matte_of(second)), None]
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, script))
    assert [frame.index for _, frame in kept.put_pictures] == [0, 1]
    assert shared.statistics.hidden_count == 0


def test_a_newer_frame_without_a_matte_is_hidden_once() -> None:
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    first, newer = room_frame(0), room_frame(1, clock.now - 0.3)
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [Matted(first, matte_of(first)), newer, None]))
    assert [frame.index for _, frame in kept.put_pictures] == [0, 1]
    assert not shows_room(kept.last)


def test_a_slow_cameras_next_frame_is_given_the_time_for_its_matte() -> None:
    """Of three a second each came when the wait for its matte was nearly over: every other picture was hidden."""
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    first, second, third = (room_frame(number, clock.now) for number in range(3))
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [Matted(first, matte_of(first)), second]))
    assert [frame.index for _, frame in kept.put_pictures] == [0]
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [Matted(first, matte_of(first)), second, third]))
    assert [frame.index for _, frame in kept.put_pictures] == [0, 0, 2]


def test_the_last_frame_of_a_lost_camera_does_not_come_out_from_under_the_card() -> None:
    """It had no matte yet when the camera was unplugged, and took the card's place 300 ms later, hidden as it was."""
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    first, last = room_frame(0), room_frame(1, clock.now - 0.3)

    class Unplugged(Scripted):
        def get(self, timeout_s: float) -> Any:
            item = super().get(timeout_s)
            if isinstance(item, Away):
                self._shared.newest = last
            return item

    with pytest.raises(Closed):
        compose(shared, guard, Unplugged(shared, [Matted(first, matte_of(first)), Away("gone"), None]))
    assert len(kept.put_pictures) == 2
    assert (kept.last == card(SIZE, "gone")).all()


def test_a_card_stays_while_nothing_comes() -> None:
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    first = room_frame(0)
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [Matted(first, matte_of(first)), Away("gone"), None, Away("gone")]))
    assert len(kept.put_pictures) == 3


def test_a_card_is_of_now_and_not_of_the_frame_before_it() -> None:
    """In a file that is written live it lasts as long as it was shown."""
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock), guarded(clock)
    clock.now = 105.0
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [room_frame(0, 100.0), Away("gone")]))
    assert [frame.time for _, frame in kept.put_pictures] == [100.0, 105.0]


@pytest.mark.parametrize("paused", [False, True])
def test_where_every_frame_of_a_file_counts_nothing_comes_between_them(paused: bool) -> None:
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock, build({"run": {"paused": paused}}), lossless=True), guarded()
    slides = [room_frame(number, 60.0 * number) for number in range(2)]
    items = [Matted(slide, matte_of(slide)) for slide in slides]
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [slides[0], None, items[0], None, None, items[1], None]))
    assert [(frame.index, frame.time) for _, frame in kept.put_pictures] == [(0, 0.0), (1, 60.0)]


def test_a_paused_camera_that_gives_nothing_still_shows_the_card() -> None:
    clock = ManualClock()
    shared, (guard, kept) = shared_by(clock, build({"run": {"paused": True}})), guarded(clock)
    clock.now = 105.0
    with pytest.raises(Closed):
        compose(shared, guard, Scripted(shared, [room_frame(), None]))
    assert [frame.time for _, frame in kept.put_pictures] == [105.0, 105.0]
    assert (kept.last == card(SIZE, PAUSED)).all()


def test_a_source_that_says_at_once_that_it_is_gone_is_not_asked_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(stages, "time", SimpleNamespace(sleep=pauses.append))
    camera = ListSource([SourceLost("gone"), SourceLost("gone"), room_frame()], live=True)
    frames: Newest[Frame | Away] = Newest()
    capture(shared_by(ManualClock()), camera, frames)
    assert len(pauses) == 2
    assert min(pauses) > 0.01


@pytest.mark.parametrize("reopen", [True, False])
def test_whether_a_lost_camera_is_waited_for_is_settled_at_the_start(reopen: bool) -> None:
    """As the log says of what is changed in `source` meanwhile."""
    shared = shared_by(ManualClock(), build({"source": {"reopen": reopen}}))
    changed = build({"source": {"reopen": not reopen}})

    class Camera(ListSource):
        def read(self, timeout_s: float) -> Frame | None:
            shared.config = changed
            return super().read(timeout_s)

    frames: Newest[Frame | Away] = Newest()
    camera = Camera([room_frame(0), SourceLost("the camera is gone"), room_frame(1)], live=True)
    if reopen:
        capture(shared, camera, frames)
        assert shared.newest
        assert shared.newest.index == 1
    else:
        with pytest.raises(SourceLost):
            capture(shared, camera, frames)
