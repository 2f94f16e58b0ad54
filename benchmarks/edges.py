"""How far colours at soft edges are off once the person stands before something else, with and without `edges.py`.

python benchmarks/edges.py FRAMES ALPHA ROOMS [--every 13]

FRAMES are of a person before an even screen, ALPHA their true alpha under the same names, ROOMS pictures of rooms. The
person is laid over a room, as a camera would see him, and then by our matte and by the true one over other backgrounds;
each is compared with what his own colours over that background are, where either matte is soft.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_seg.config import Config
from live_seg.effects.blend import lay_over
from live_seg.effects.edges import edge_colours
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.matting.choice import choose
from live_seg.matting.matter import Matter

SIZE = Size(1280, 720)
ROOMS_EACH = 4
NEAR_PX = 4
"""So far beside the soft edge an error counts as well."""

Planes = NDArray[np.float32]


def own_colours(image: Image, alpha: Alpha) -> Planes:
    """The person's colours: the screen's, which are even, taken out of the frame's."""
    share = (alpha / 255)[..., None].astype(np.float32)
    screen = (alpha == 0).astype(np.float32)
    window = (61, 61)
    colour = cv2.blur(image * screen[..., None], window) / (cv2.blur(screen, window)[..., None] + 1e-4)
    return np.clip((image - (1 - share) * colour) / np.maximum(share, 0.1), 0, 255).astype(np.float32)


def scenes(options: argparse.Namespace) -> Iterator[tuple[Image, Planes, Alpha, Image]]:
    """What a camera would see, the person's own colours, his true alpha, and another room."""
    random = np.random.default_rng(0)
    rooms = sorted(path for path in options.rooms.iterdir() if path.suffix in {".webp", ".jpg", ".png"})
    for path in sorted(options.frames.iterdir())[:: options.every]:
        image = cv2.resize(cv2.imread(str(path)), SIZE, interpolation=cv2.INTER_AREA)
        alpha = cv2.imread(str(next(options.alpha.glob(f"{path.stem}.*"))), cv2.IMREAD_GRAYSCALE)
        alpha = cv2.resize(alpha, SIZE, interpolation=cv2.INTER_AREA)
        colours = own_colours(image, alpha)
        share = (alpha / 255)[..., None]
        for number in random.choice(len(rooms), 2 * ROOMS_EACH, replace=False).reshape(-1, 2):
            here, there = (cv2.resize(cv2.imread(str(rooms[one])), SIZE) for one in number)
            noise = random.normal(0, 2, colours.shape)
            seen = np.clip(share * colours + (1 - share) * here + noise, 0, 255).astype(np.uint8)
            yield seen, colours, alpha, there


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("frames", "alpha", "rooms"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--every", type=int, default=13, help="every so manieth frame (default: 13)")
    options = parser.parse_args()
    config, errors = Config(), defaultdict[tuple[str, str], list[float]](list)
    matter = Matter(choose(config.engine, SIZE).network, config.matting)
    for seen, colours, true, room in scenes(options):
        matter.reset()
        found = matter(Frame(seen, 0, 0.0)).alpha
        share = (true / 255)[..., None]
        soft = ((true % 255 > 0) | (found % 255 > 0)).astype(np.uint8)
        near = cv2.dilate(soft, np.ones((2 * NEAR_PX + 1,) * 2, np.uint8)) > 0
        backgrounds = {"black": np.zeros_like(seen), "grey": np.full_like(seen, 128), "white": np.full_like(seen, 255)}
        for behind, background in {**backgrounds, "another room": room}.items():
            truth = share * colours + (1 - share) * background
            for name, alpha in (("our matte", found), ("the true matte", true)):
                for how, edges in (("as seen", None), ("own colours", edge_colours(seen, alpha))):
                    picture = background.copy()
                    lay_over(seen, alpha, picture, edges)
                    errors[f"{name}, {how}", behind].append(float(np.abs(picture[near] - truth[near]).mean()))
    columns = list(dict.fromkeys(behind for _, behind in errors))
    print(f"| mean error in levels | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for row in dict.fromkeys(name for name, _ in errors):
        print(f"| {row} | {' | '.join(f'{np.mean(errors[row, behind]):.1f}' for behind in columns)} |")


if __name__ == "__main__":
    main()
