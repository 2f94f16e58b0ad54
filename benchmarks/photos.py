"""A batch of photos against the sum of its parts.

python benchmarks/photos.py [--count 24] [--megapixels 12]

Times reading, matte, composing and writing of each photo one after the other, then what `live-seg photo` does with the
same folder. On two cores or more the batch should take less time than the parts together; on one core as long.
Where the computer has other work too, compare the processor's seconds.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from live_seg.frame import Image
from live_seg.photo import Cutter, Request, read_photo, write_photo
from live_seg.photo.batch import run_here
from live_seg.photo.task import Job, Task

seconds: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
"""By part: of the clock, and of the processor."""


def made(megapixels: float, seed: int) -> Image:
    """The portrait that ships, at that size, with a sensor's noise."""
    data = np.frombuffer((files("live_seg") / "assets" / "astronaut.webp").read_bytes(), np.uint8)
    portrait = cv2.imdecode(data, cv2.IMREAD_COLOR)
    scale = math.sqrt(megapixels * 1e6 / portrait[..., 0].size)
    large = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(seed).integers(-5, 6, (large.shape[0], large.shape[1], 1), np.int8)
    return np.asarray(np.clip(large.astype(np.int16) + noise, 0, 255), np.uint8)


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Adds the time of what is inside to a part."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    seconds[part][0] += time.perf_counter() - clock
    seconds[part][1] += time.process_time() - processor


def main() -> None:
    """Makes the folder, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    logging.getLogger("live_seg").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder) / f"{number:03d}.jpg" for number in range(options.count)]
        for number, source in enumerate(sources):
            source.write_bytes(write_photo(made(options.megapixels, number), "jpeg"))
        with Cutter(engine=options.engine) as cutter:
            cutter(read_photo(sources[0]), Request())  # the session of this shape is made
            for source in sources:
                with timed("read"):
                    photo = read_photo(source)
                with timed("matte"):
                    alpha = cutter.matte(photo)
                with timed("compose"):
                    photo = cutter.compose(photo, alpha, Request())
                with timed("write"):
                    source.with_suffix(".png").write_bytes(write_photo(photo, "png"))
        jobs = [Job(source, Path(folder) / "out" / f"{source.stem}.png") for source in sources]
        with timed("batch, with its start"):
            run_here(jobs, Task(engine=options.engine), lambda outcome: None)
    batch = seconds.pop("batch, with its start")
    parts = [sum(part) for part in zip(*seconds.values(), strict=True)]
    print(
        f"{options.count} photos of {options.megapixels:g} megapixels, {len(os.sched_getaffinity(0))} cores; ms a photo"
    )
    print(f"{'':<22}  clock  processor")
    for name, (clock, processor) in {**seconds, "parts together": parts, "batch, with its start": batch}.items():
        print(f"{name:<22} {clock / options.count * 1e3:6.0f} {processor / options.count * 1e3:10.0f}")
    print(f"batch over parts       {batch[0] / parts[0]:6.2f} {batch[1] / parts[1]:10.2f}")
    print(f"memory at the peak     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
