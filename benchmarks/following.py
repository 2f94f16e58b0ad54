"""What the governor gives up, and what it saves: mattes of clips against those of a look at every frame.

    python benchmarks/following.py CLIP… [--frames 60] [--size 1280x720] [--engine cpu] [--out FILE.md]

The error is the mean absolute one over all frames, in percent of the matte's range, against `Matter` looking at every
frame. The cost is CPU time a matte, the network and the enlargement included, on one thread; all ways take turns on
each frame. Prints Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from live_seg.config import build
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.live.governor import SHARES
from live_seg.matting import Matter, choose
from live_seg.models import Network
from live_seg.sources.video import VideoSource

Way = Callable[[Frame], Alpha]


class Closely:
    """A look at every frame, at a share of the input's area."""

    def __init__(self, network: Network, share: float) -> None:
        self._matter = Matter(network, build({}).matting)
        self._matter.share = share

    def __call__(self, frame: Frame) -> Alpha:
        """The matte."""
        return self._matter(frame).alpha


class Seldom:
    """A look at every `stride`-th frame; between them the matte is held, or follows."""

    def __init__(self, network: Network, stride: int, follows: bool) -> None:
        self._matter = Matter(network, build({}).matting)
        self._stride, self._follows = stride, follows
        self._last: Alpha | None = None

    def __call__(self, frame: Frame) -> Alpha:
        """The matte."""
        looks = self._last is None or frame.index % self._stride == 0
        if not looks and not self._follows:
            assert self._last is not None
            return self._last
        views = self._matter.views(frame)
        matte = None if looks else self._matter.follow(frame, views)
        self._last = (matte or self._matter(frame, views)).alpha  # another scene: the governor looks there, too
        return self._last


def ways(network: Network) -> dict[str, Way]:
    """By what stands above their column; the first is what the others are measured by."""
    found: dict[str, Way] = {"every frame": Closely(network, 1.0)}
    for stride, name in ((2, "2nd"), (4, "4th")):
        found[f"every {name}, held"] = Seldom(network, stride, follows=False)
        found[f"every {name}, following"] = Seldom(network, stride, follows=True)
    return found | {f"share {share:g}, every frame": Closely(network, share) for share in SHARES}


def read(clip: Path, size: Size, count: int) -> list[Image]:
    """Its first frames, fitted to the size."""
    images: list[Image] = []
    with VideoSource(str(clip), build({}), time.monotonic) as source:
        while len(images) < count and (frame := source.read(1.0)) is not None:
            images.append(np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_CUBIC), np.uint8))
    return images


def measured(images: Sequence[Image], network: Network) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Percent of error, and milliseconds of CPU time for each frame, of each way."""
    all_ways = ways(network)
    errors: dict[str, float] = dict.fromkeys(all_ways, 0.0)
    times: dict[str, list[float]] = {name: [] for name in all_ways}
    for index, image in enumerate(images):
        frame, truth = Frame(image, index, index / 30), None
        for name, way in all_ways.items():
            start = time.process_time()
            alpha = way(frame)
            times[name].append((time.process_time() - start) * 1e3)
            truth = alpha if truth is None else truth
            errors[name] += cv2.norm(alpha, truth, cv2.NORM_L1) / (2.55 * alpha.size * len(images))
    return errors, times


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", metavar="CLIP", type=Path, nargs="+")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    parser.add_argument("--engine", default="cpu")
    parser.add_argument("--out", type=Path, help="writes the table, too")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    network = choose(build({"engine": {"name": options.engine, "threads": 1}}).engine, options.size).network
    network.kept = 1 + len(SHARES)
    lines: list[list[str]] = []
    spent: dict[str, list[float]] = {}
    for clip in options.clips:
        errors, times = measured(read(clip, options.size, options.frames), network)
        names = list(errors)[1:]
        lines.append([clip.stem.replace("_", " "), *(f"{errors[name]:.2f}" for name in names)])
        for name, found in times.items():
            spent.setdefault(name, []).append(statistics.fmean(found[4:]))  # the first ones load, for two strides
    cost = {name: statistics.median(found) for name, found in spent.items()}
    lines.append([f"CPU ms a frame, {cost['every frame']:.1f} at every", *(f"{cost[name]:.1f}" for name in names)])
    head = [f"{options.size}, {options.frames} frames, {network.engine}", *names]
    table = [head, ["---", *["---:"] * len(names)], *lines]
    text = "".join(f"| {' | '.join(line)} |\n" for line in table)
    print(text, end="")
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
