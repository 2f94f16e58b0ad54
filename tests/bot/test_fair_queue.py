"""Users take turns; the queue is bounded in all and for each."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import scenario

from live_seg.bot.fair_queue import FairQueue, Full


@scenario
async def test_users_take_turns_and_each_ones_jobs_keep_their_order() -> None:
    queue: FairQueue[str] = FairQueue(10, 10)
    queue.put(1, ["a1", "a2", "a3"])
    queue.put(2, ["b1"])
    queue.put(3, ["c1", "c2"])
    given_out = []
    while len(queue):
        user, job = await queue.take()
        given_out.append(job)
        queue.done(user)
    assert given_out == ["a1", "b1", "c1", "a2", "c2", "a3"]


@scenario
async def test_nobody_has_two_jobs_at_the_same_time() -> None:
    queue: FairQueue[str] = FairQueue(10, 10)
    queue.put(1, ["a1", "a2"])
    user, _ = await queue.take()
    second = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    assert not second.done()
    queue.done(user)
    assert await second == (1, "a2")


@scenario
async def test_all_of_an_album_fits_or_none_of_it() -> None:
    queue: FairQueue[str] = FairQueue(4, 3)
    queue.put(1, ["a", "a"])
    with pytest.raises(Full) as own:
        queue.put(1, ["a", "a"])
    with pytest.raises(Full) as everybodys:
        queue.put(2, ["b", "b", "b"])
    assert (own.value.own, everybodys.value.own, len(queue)) == (True, False, 2)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5)), max_size=12))
def test_as_many_come_before_as_was_said_when_nobody_comes_after(puts: list[tuple[int, int]]) -> None:
    async def run() -> None:
        queue: FairQueue[int] = FairQueue(1000, 1000)
        number = 0
        for user, count in puts:
            first, number = number, number + count
            before = queue.put(user, list(range(first, number)))
            copied = [job for _, job in await drained(queue)]
            assert copied.index(first) == before

    asyncio.run(run())


async def drained(queue: FairQueue[int]) -> list[tuple[int, int]]:
    """What the queue would give out, one after the other; the queue is as before."""
    import copy

    twin: FairQueue[int] = FairQueue(1000, 1000)
    twin._waiting = copy.deepcopy(queue._waiting)
    out = []
    while len(twin):
        out.append(await twin.take())
        twin.done(out[-1][0])
    return out


@scenario
async def test_dropped_jobs_are_not_given_out() -> None:
    queue: FairQueue[str] = FairQueue(10, 10)
    queue.put(1, ["old", "other"])
    queue.drop(1, lambda job: job == "old")
    assert await queue.take() == (1, "other")
