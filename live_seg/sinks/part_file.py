"""The file that is written beside its target, and takes its name when it is finished."""

from __future__ import annotations

import errno
import os
from pathlib import Path


class PartFile:
    """`out.part.mp4` for `out.mp4`: a binary file that can be written and sought, for PyAV.

    A write that fails is not raised but noted: FFmpeg's muxers crash when they go on after an error. From then on
    everything is taken and nothing written, so that what is on the disk stays as playable as it was.

    Attributes
    ----------
    path
        Where it lies; the name of no other file, also not of one that an earlier run left.
    error
        Of the write that failed, or None.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path, self._file = _created(target)
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Writes all of it, or notes why not."""
        rest = memoryview(data)
        while rest and self.error is None:
            try:
                written = os.write(self._file, rest)
            except OSError as error:
                self.error = error
                break
            rest = rest[written:]
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of any file."""
        return os.lseek(self._file, offset, whence)

    def tell(self) -> int:
        """As of any file."""
        return os.lseek(self._file, 0, os.SEEK_CUR)

    def finish(self, keep: bool) -> None:
        """Closes it and gives it the target's name, or removes it."""
        os.close(self._file)
        if keep:
            self.path.replace(self._target)
        else:
            self.path.unlink(missing_ok=True)


def _created(target: Path) -> tuple[Path, int]:
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    for number in range(1, 1000):
        mark = ".part" if number == 1 else f".part{number}"
        path = target.with_name(f"{target.stem}{mark}{target.suffix}")
        try:
            return path, os.open(path, flags, 0o666)
        except FileExistsError:
            continue
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
