from __future__ import annotations

import threading

import numpy as np

from live_seg.buffers import Buffers

SHAPE = (48, 64, 3)


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_comes_back_when_the_picture_is_gone() -> None:
    buffers = Buffers()
    picture = buffers.take(SHAPE)
    first = address(picture)
    del picture
    assert address(buffers.take(SHAPE)) == first


def test_a_picture_that_somebody_holds_is_never_given_again() -> None:
    buffers = Buffers()
    held = [buffers.take(SHAPE) for _ in range(20)]
    assert not any(np.may_share_memory(one, other) for n, one in enumerate(held) for other in held[:n])


def test_a_view_of_a_view_holds_the_picture_too() -> None:
    buffers = Buffers()
    views = [
        buffers.take(SHAPE)[10:20],
        buffers.take(SHAPE)[..., :2][::-1][3:],
        buffers.take(SHAPE).reshape(-1).view(np.int8)[5:],
        np.asarray(memoryview(buffers.take(SHAPE))),
    ]
    for number, view in enumerate(views):
        view[...] = number
    for _ in range(8):
        buffers.take(SHAPE)[...] = 99
    assert [int(view.reshape(-1)[0]) for view in views] == [0, 1, 2, 3]


def test_another_shape_gets_other_memory() -> None:
    buffers = Buffers()
    del_me = buffers.take(SHAPE)
    del del_me
    wide = buffers.take((2, 3, 4))
    assert wide.shape == (2, 3, 4)
    assert wide.flags.writeable
    assert wide.flags.c_contiguous


def test_a_picture_may_end_in_another_thread() -> None:
    buffers = Buffers()
    held = [buffers.take(SHAPE)]
    first = address(held[0])
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    assert address(buffers.take(SHAPE)) == first


def test_little_is_kept() -> None:
    buffers = Buffers()
    held = [buffers.take(SHAPE) for _ in range(20)]
    held.clear()
    assert len(buffers._free) <= 4
