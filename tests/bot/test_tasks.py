"""Updates of one chat take effect in their order; a chat that floods holds up nobody else."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import pytest
from running import scenario

from live_seg.bot.tasks import Tasks


@scenario
async def test_what_belongs_to_one_chat_is_done_in_order() -> None:
    tasks, done = Tasks(), []

    async def work(number: int) -> None:
        for _ in range(5 - number):  # the later, the quicker
            await asyncio.sleep(0)
        done.append(number)

    for number in range(5):
        await tasks.start_in_turn(1, partial(work, number))
    await tasks.finish(5)
    assert done == [0, 1, 2, 3, 4]


@scenario
async def test_a_chat_that_floods_holds_up_nobody_else() -> None:
    tasks, go_on, done = Tasks(most=10, most_each=5), asyncio.Event(), []

    async def slow(chat: int) -> None:
        await go_on.wait()
        done.append(chat)

    async def quick() -> None:
        done.append(2)

    for _ in range(100):
        await tasks.start_in_turn(1, partial(slow, 1))
    await tasks.start_in_turn(2, quick)
    await asyncio.sleep(0.01)
    assert done == [2]
    go_on.set()
    await tasks.finish(5)
    assert done == [2, 1, 1, 1, 1, 1]
    await tasks.start_in_turn(1, partial(slow, 1))
    await tasks.finish(5)
    assert done[-1] == 1
    assert len(done) == 7


def test_what_fails_is_in_the_log_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("live_seg").propagate = True
    done = []

    async def breaks() -> None:
        raise ZeroDivisionError("a defect")

    async def work() -> None:
        done.append(True)

    @scenario
    async def run() -> None:
        tasks = Tasks()
        await tasks.start_in_turn(1, breaks)
        await tasks.start_in_turn(1, work)
        await tasks.finish(5)

    run()
    assert done == [True]
    assert "ZeroDivisionError: a defect" in caplog.text


@scenario
async def test_at_the_end_what_takes_too_long_is_cancelled() -> None:
    tasks = Tasks()
    task = tasks.start(asyncio.Event().wait())  # type: ignore[arg-type]
    await tasks.finish(0.01)
    assert task.cancelled()
