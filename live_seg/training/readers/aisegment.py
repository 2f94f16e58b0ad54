"""AISegment's portraits: a picture in clip_img/, its cut-out with transparency in matting/."""

from __future__ import annotations

from pathlib import Path

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import PICTURES, Pair, Sample


class AiSegmentPair(Pair):
    """A pair of AISegment: the fourth channel of its RGBA matte is the alpha."""

    __slots__ = ()

    @property
    def source(self) -> str:
        """The data set's name: files are called by numbers."""
        return "aisegment"


def read_aisegment(folder: Path) -> list[Sample]:
    """Pairs of clip_img/GROUP/clip_N/NAME.jpg and matting/GROUP/matting_N/NAME.png, sorted by path.

    Raises
    ------
    UsageError
        If one of the folders is missing, or no picture has a matte.
    """
    pictures, mattes = folder / "clip_img", folder / "matting"
    if not pictures.is_dir() or not mattes.is_dir():
        raise UsageError(f"{folder} is no AISegment folder", "It holds clip_img/ and matting/.")
    pairs: list[Sample] = []
    for file in sorted(pictures.rglob("*")):
        # macOS archives carry a "._NAME" beside each file.
        if file.suffix.lower() not in PICTURES or file.name.startswith("._"):
            continue
        parts = [part.replace("clip_", "matting_") for part in file.relative_to(pictures).parent.parts]
        matte = mattes.joinpath(*parts) / f"{file.stem}.png"
        if matte.is_file():
            pairs.append(AiSegmentPair(file, matte))
    if not pairs:
        raise UsageError(f"no picture in {pictures} has a matte in {mattes}")
    return pairs
