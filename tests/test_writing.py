from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from live_seg.errors import UsageError
from live_seg.writing import put_whole, write_whole


def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "a.json"
    target.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_whole(target, b"after")
    with pytest.raises(OSError, match="No space left"):
        put_whole(target, b"after", ".part")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.json", b"before")]


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 127)
    write_whole(target, b"content")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(target.name, b"content")]


def test_a_link_stays_a_link_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "far")
    (tmp_path / "far").write_bytes(b"before")
    write_whole(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "far").read_bytes() == b"after"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"through")
    assert os.read(reader, 20) == b"through"
    os.close(reader)
