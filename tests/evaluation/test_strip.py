"""A strip keeps frames the same step apart, from a clip's begin to its end."""

from __future__ import annotations

import numpy as np
import pytest

from live_seg.evaluation import strip
from live_seg.evaluation.strip import MOST, Strip


@pytest.mark.parametrize(
    ("frames", "kept"),
    [(1, [0]), (32, list(range(32))), (33, list(range(0, 33, 2))), (300, list(range(0, 300, 16)))],
)
def test_frames_are_spread_evenly(frames: int, kept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(strip, "contact_sheet", lambda tiles, columns: shown.extend(tiles))
    taken = Strip()
    for number in range(frames):
        taken.add(np.full((20, 40, 3), number % 256, np.uint8), np.full((20, 40), 255, np.uint8))
    taken.sheet()
    assert [caption for caption, _ in shown] == [f"frame {number}" for number in kept]
    assert [int(tile[0, 0, 0]) for _, tile in shown] == [number % 256 for number in kept]
    assert len(kept) <= MOST and all(tile.shape == (200, 400, 3) for _, tile in shown)


def test_the_room_is_sunk_in_green() -> None:
    taken = Strip()
    alpha = np.zeros((200, 300), np.uint8)
    alpha[:, :150] = 255
    taken.add(np.full((200, 300, 3), 100, np.uint8), alpha)
    sheet = taken.sheet()
    person, room = sheet[120, 50], sheet[120, 250]
    assert person.tolist() == [100, 100, 100] and room[1] > room[0] + 20 and room[1] > room[2] + 20
