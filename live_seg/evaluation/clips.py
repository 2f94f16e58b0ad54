"""Measures candidates on moving pictures: a video file, or a folder with frames/ and their true alpha/."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from live_seg.errors import UsageError
from live_seg.evaluation.candidate import Candidate
from live_seg.evaluation.measure import Skipped
from live_seg.evaluation.pairs import PICTURES, read_image, read_mask
from live_seg.evaluation.score import Score, score_pair
from live_seg.evaluation.strip import Strip
from live_seg.evaluation.temporal import LEAST_SIDE_PX, dtssd, motion, warped_difference
from live_seg.frame import Alpha, Image, Size
from live_seg.media import VIDEO_SUFFIXES, VideoFile


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file, or a folder that holds frames/ and alpha/ with pictures of the same names."""

    path: Path

    @property
    def name(self) -> str:
        """File or folder name without ending."""
        return self.path.stem

    def frames(self) -> Iterator[tuple[Image, Alpha | None]]:
        """Frames in order, as the app sees them, each with its true alpha where that is known.

        Raises
        ------
        UsageError
            If the clip cannot be read.
        """
        if self.path.is_dir():
            yield from self._pictures()
            return
        with closing(VideoFile(str(self.path))) as video:
            for _, image in video:
                yield image, None

    def _pictures(self) -> Iterator[tuple[Image, Alpha]]:
        first: Size | None = None
        for file in sorted(item for item in (self.path / "frames").iterdir() if item.suffix.lower() in PICTURES):
            image, alpha = read_image(file), read_mask(self.path / "alpha" / f"{file.stem}.png")
            size, alpha_size = Size.of(image), Size.of(alpha)
            first = first or size
            if size != first:
                raise UsageError(f"{file} is {size}, the frames before it {first}", "Frames of a clip have one size.")
            if alpha_size != size:
                raise UsageError(f"{file} is {size}, its alpha {alpha_size}", "Remove or mend the pair.")
            yield image, alpha


def find_clips(data: Path) -> list[Clip]:
    """Clips of a path: it is one itself, or a folder of them; empty if it is neither."""
    if _is_clip(data):
        return [Clip(data)]
    return [Clip(item) for item in sorted(data.iterdir()) if _is_clip(item)] if data.is_dir() else []


Show = Callable[[str, str, Image], None]
"""Takes the names of a candidate and of a clip, and a strip of its frames with their mattes."""


def measure_clips(
    candidates: Sequence[Candidate], clips: Sequence[Clip], show: Show | None = None
) -> Iterator[list[Score] | Skipped]:
    """For each clip in turn the score of every candidate, or why it was skipped.

    Parameters
    ----------
    candidates, clips
        Every candidate sees each frame.
    show
        Told of each clip that was measured.
    """
    for clip in clips:
        try:
            yield _measured(candidates, clip, show)
        except UsageError as error:
            yield Skipped(clip.name, error.what)


def _measured(candidates: Sequence[Candidate], clip: Clip, show: Show | None) -> list[Score]:
    """Mean alpha and flicker, and with a true alpha dtSSD and the means of a picture's measures.

    Mean alpha tells a person who is lost, and does not flicker.

    Pairs of frames across a cut do not count.
    """
    for candidate in candidates:
        candidate.reset()
    collected: list[dict[str, list[float]]] = [{} for _ in candidates]
    strips = [Strip() for _ in candidates if show]
    before: tuple[Image, Alpha | None, list[Alpha]] | None = None
    for image, truth in clip.frames():
        if min(image.shape[:2]) < LEAST_SIDE_PX:
            raise UsageError(f"{clip.path} is too small for optical flow: {Size.of(image)}")
        mattes = [candidate.frame(image) for candidate in candidates]
        for strip, matte in zip(strips, mattes, strict=False):
            strip.add(image, matte)
        flow = motion(image, before[0]) if before else None
        for values, matte, index_of in zip(collected, mattes, range(len(mattes)), strict=True):
            _add(values, {"area": float(matte.mean()) / 255})
            if truth is not None:
                _add(values, score_pair(matte, truth))
            if before is None or flow is None:
                continue
            _add(values, {"flicker": warped_difference(matte, before[2][index_of], flow)})
            if truth is not None and before[1] is not None:
                _add(values, {"dtssd": dtssd(matte, before[2][index_of], truth, before[1])})
        before = image, truth, mattes
    if before is None:
        raise UsageError(f"{clip.path} has no frame")
    if show:
        for candidate, strip in zip(candidates, strips, strict=True):
            show(candidate.name, clip.name, strip.sheet())
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
    return path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()
