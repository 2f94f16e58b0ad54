"""What is remembered is bounded."""

from __future__ import annotations

from live_seg.bot.choices import Recent


def test_the_one_that_was_not_used_for_longest_is_forgotten_first() -> None:
    recent: Recent[int, list[int]] = Recent(3, list)
    for key in (1, 2, 3):
        recent[key].append(key)
    assert recent[1] == [1]
    recent[4].append(4)
    assert [key in recent for key in (1, 2, 3, 4)] == [True, False, True, True]
    assert recent[2] == []
    assert len(recent) == 3
