from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_seg.live.handover import Closed, Lossless, Newest


def test_newest_keeps_the_last_and_counts_the_others_as_dropped() -> None:
    slot: Newest[int] = Newest()
    for number in range(5):
        slot.put(number)
    assert slot.get(0) == 4
    assert slot.dropped == 4
    assert slot.get(0) is None


@pytest.mark.parametrize("kind", [Newest, Lossless])
def test_what_was_handed_over_can_be_taken_after_the_close(kind: type[Newest[int]]) -> None:
    handover = kind()
    handover.put(1)
    handover.close()
    assert handover.get(0) == 1
    with pytest.raises(Closed):
        handover.get(0)
    with pytest.raises(Closed):
        handover.put(2)


@pytest.mark.parametrize("kind", [Newest, Lossless])
def test_a_cancelled_handover_gives_nothing_more(kind: type[Newest[int]]) -> None:
    handover = kind()
    handover.put(1)
    handover.cancel()
    with pytest.raises(Closed):
        handover.get(0)


@given(st.lists(st.integers(), max_size=60))
def test_lossless_gives_everything_once_and_in_order(numbers: list[int]) -> None:
    handover: Lossless[int] = Lossless()
    taken = []

    def take() -> None:
        try:
            while True:
                item = handover.get(5)
                if item is not None:
                    taken.append(item)
        except Closed:
            pass

    consumer = threading.Thread(target=take)
    consumer.start()
    for number in numbers:
        handover.put(number)
    handover.close()
    consumer.join()
    assert taken == numbers
    assert handover.dropped == 0


def test_a_cancel_frees_a_producer_that_waits() -> None:
    handover: Lossless[int] = Lossless()
    ended = threading.Event()

    def put() -> None:
        try:
            for number in range(100):
                handover.put(number)
        except Closed:
            ended.set()

    producer = threading.Thread(target=put)
    producer.start()
    handover.cancel()
    producer.join(5)
    assert ended.is_set()
