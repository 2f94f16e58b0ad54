"""Measures candidates on moving pictures: a video file, or a folder with frames/ and their true alpha/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.pairs import PICTURES, read_image, read_mask
from live_seg.evaluation.score import Score, score_pair
from live_seg.evaluation.temporal import CUT, backward_flow, dtssd, grey, warped_difference
from live_seg.frame import Alpha, Image

VIDEOS = {".mp4", ".mkv", ".mov", ".webm", ".avi"}
"""Endings that count as a video."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file, or a folder that holds frames/ and alpha/ with pictures of the same names."""

    path: Path

    @property
    def name(self) -> str:
        """File or folder name without ending."""
        return self.path.stem

    def frames(self) -> Iterator[tuple[Image, Alpha | None]]:
        """Frames in order, each with its true alpha where that is known.

        Raises
        ------
        UsageError
            If the clip cannot be read.
        """
        if self.path.is_dir():
            for file in sorted(item for item in (self.path / "frames").iterdir() if item.suffix.lower() in PICTURES):
                yield read_image(file), read_mask(self.path / "alpha" / f"{file.stem}.png")
            return
        try:
            with av.open(str(self.path)) as container:
                for frame in container.decode(video=0):
                    yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), None
        except (av.FFmpegError, IndexError) as error:
            raise UsageError(f"{self.path} cannot be read as a video: {error}") from None


def find_clips(data: Path) -> list[Clip]:
    """Clips of a path: it is one itself, or a folder of them; empty if it is neither."""
    if _is_clip(data):
        return [Clip(data)]
    return [Clip(item) for item in sorted(data.iterdir()) if _is_clip(item)] if data.is_dir() else []


def measure_clip(candidates: Sequence[Candidate], clip: Clip, most_frames: int = 0) -> list[Score]:
    """Score of every candidate on one clip: flicker, and with a true alpha dtSSD and the means of a picture's measures.

    Pairs of frames across a cut do not count. `most_frames` 0 means all.
    """
    for candidate in candidates:
        candidate.reset()
    collected: list[dict[str, list[float]]] = [{} for _ in candidates]
    before: tuple[Image, Alpha | None, list[Alpha]] | None = None
    for index, (image, truth) in enumerate(clip.frames()):
        if most_frames and index >= most_frames:
            break
        mattes = [candidate.frame(image) for candidate in candidates]
        flow = backward_flow(image, before[0]) if before else None
        if before and flow is not None and warped_difference(grey(image), grey(before[0]), flow) > CUT:
            before = None
        for values, matte, index_of in zip(collected, mattes, range(len(mattes)), strict=True):
            if truth is not None:
                _add(values, score_pair(matte, truth))
            if before is None or flow is None:
                continue
            _add(values, {"flicker": warped_difference(matte, before[2][index_of], flow)})
            if truth is not None and before[1] is not None:
                _add(values, {"dtssd": dtssd(matte, before[2][index_of], truth, before[1])})
        before = image, truth, mattes
    return [
        Score(candidate.name, clip.name, clip.name, "", {name: sum(all_) / len(all_) for name, all_ in values.items()})
        for candidate, values in zip(candidates, collected, strict=True)
    ]


def _add(values: dict[str, list[float]], more: dict[str, float]) -> None:
    for name, value in more.items():
        values.setdefault(name, []).append(value)


def _is_clip(path: Path) -> bool:
    if path.is_dir():
        return (path / "frames").is_dir() and (path / "alpha").is_dir()
    return path.suffix.lower() in VIDEOS and path.is_file()
