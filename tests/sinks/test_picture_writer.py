"""Pictures as files: which files they take the place of, and whose memory they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from live_seg.media import read_picture
from live_seg.sinks.picture_writer import PictureWriter, writes_over


@pytest.mark.parametrize(
    ("target", "file", "expected"),
    [
        ("a/out.png", "a/out.png", True),
        ("a/out.png", "a/../a/out.png", True),
        ("a/link.png", "a/out.png", True),
        ("a/out.png", "b/out.png", False),
        ("a/out-%04d.png", "a/out-0012.png", True),
        ("a/out-%04d.png", "b/out-0012.png", False),
        ("a/out-%04d.png", "a/out.png", False),
        ("a/out-%04d.png", "a/out-0013.png", False),
        ("nowhere/out-%d.png", "a/out-0012.png", False),
    ],
)
def test_it_is_known_what_is_written_over(tmp_path: Path, target: str, file: str, expected: bool) -> None:
    for name in ("a/out.png", "b/out.png", "a/out-0012.png", "b/out-0012.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a/link.png").symlink_to(tmp_path / "a/out.png")
    assert writes_over(tmp_path / target, tmp_path / file) == expected


@pytest.mark.parametrize("count", [1, 2])
def test_the_last_picture_is_kept_and_not_what_its_memory_is_used_for_later(tmp_path: Path, count: int) -> None:
    writer = PictureWriter(tmp_path / "out.png")
    memory = np.empty((4, 6, 3), np.uint8)
    for level in range(count):
        memory[:] = level
        writer.write(memory)
        memory[:] = 99
    writer.close()
    assert (read_picture(str(tmp_path / "out.png")) == count - 1).all()
