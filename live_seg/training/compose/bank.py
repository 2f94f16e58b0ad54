"""Pictures in memory as tensors of one size, so that a batch is read in one operation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import cv2
import numpy as np
import torch
from torch import Tensor

from live_seg.errors import UsageError
from live_seg.evaluation.crops import Crop
from live_seg.evaluation.measure import Skipped, load_checked
from live_seg.evaluation.pairs import Sample
from live_seg.frame import Alpha, Image
from live_seg.training.compose.cutting import shown
from live_seg.training.config import Data
from live_seg.training.data import Nobody, pick
from live_seg.training.readers import read_all


@dataclass(frozen=True, slots=True)
class Bank:
    """Portraits, each in the upper left corner of a square; its last row and column go on to the other corner.

    Attributes
    ----------
    pictures
        uint8 (N, 3, side, side), RGB.
    alphas
        uint8 (N, 1, side, side).
    sizes
        float (N, 2): width and height of what the square holds.
    boxes
        float (N, 4): left, top, right, bottom of what of the person can be put into another room.
    cuts
        bool (N, 3): whether he goes on beyond it at the left, at the right, below.
    weights
        float (N,): how often each is drawn as it is.
    people
        float (N,): how often for the person in it; 0 where nobody is, and for crops, which cut heads off.
    """

    pictures: Tensor
    alphas: Tensor
    sizes: Tensor
    boxes: Tensor
    cuts: Tensor
    weights: Tensor
    people: Tensor

    @property
    def device(self) -> torch.device:
        """Where it lies."""
        return self.pictures.device

    def to(self, device: torch.device) -> Bank:
        """The same on another device."""
        return Bank(*(getattr(self, part.name).to(device) for part in fields(self)))


def load_bank(
    samples: Sequence[Sample], side_px: int, weights: Mapping[str, float] | None = None
) -> tuple[Bank, list[Skipped]]:
    """Loads samples; those that cannot be used are left out and named.

    Parameters
    ----------
    samples
        Of any sources and sizes.
    side_px
        Longest side that is kept; larger pictures are averaged down.
    weights
        Source -> how often its pictures are drawn, 1 for those not named.

    Raises
    ------
    UsageError
        If not one sample can be used.
    """
    pictures = np.zeros((len(samples), side_px, side_px, 3), np.uint8)
    alphas = np.zeros((len(samples), side_px, side_px), np.uint8)
    about = np.zeros((len(samples), 9), np.float32)

    def place(index: int) -> Skipped | None:
        try:
            image, alpha = _fitted(*_loaded(samples[index]), side_px)
        except UsageError as error:
            return Skipped(samples[index].name, error.what)
        height, width = alpha.shape
        below_and_right = (0, side_px - height, 0, side_px - width)
        for part, into in ((image[:, :, ::-1], pictures), (alpha, alphas)):
            into[index] = cv2.copyMakeBorder(part, *below_and_right, cv2.BORDER_REPLICATE)
        about[index] = (width, height, *shown(alpha))
        return None

    with ThreadPoolExecutor(4) as workers:
        results = list(workers.map(place, range(len(samples))))
    used = np.array([result is None for result in results], np.bool_)
    if not used.any():
        raise UsageError(
            "there is no picture to train on", "Look at the folders of data.train: live-seg data check DIR."
        )
    if not used.all():
        pictures, alphas, about = pictures[used], alphas[used], about[used]
    kept = [sample for sample, keep in zip(samples, used, strict=True) if keep]
    drawn = drawn_by_source([sample.source for sample in kept], weights)
    is_whole_person = torch.tensor([not isinstance(sample, (Crop, Nobody)) for sample in kept])
    bank = Bank(
        torch.from_numpy(pictures).permute(0, 3, 1, 2),
        torch.from_numpy(alphas)[:, None],
        torch.from_numpy(about[:, :2]),
        torch.from_numpy(about[:, 2:6]),
        torch.from_numpy(about[:, 6:] > 0),
        drawn,
        drawn * is_whole_person,
    )
    return bank, [result for result in results if result is not None]


def load_animals(data: Data) -> Bank | None:
    """The cut-outs of `data.animals`; None where none is named.

    Raises
    ------
    UsageError
        If a folder cannot be read.
    """
    chosen = pick(read_all(data.animals), data.most)
    return load_bank(chosen, data.side_px)[0] if chosen else None


def drawn_by_source(sources: Sequence[str], weights: Mapping[str, float] | None) -> Tensor:
    """float (N,): how often each is drawn, by its source.

    Raises
    ------
    UsageError
        If that leaves none.
    """
    drawn = [(weights or {}).get(source, 1.0) for source in sources]
    if drawn and (not 0 < sum(drawn) < math.inf or min(drawn) < 0):
        raise UsageError("data.weights leaves nothing to draw", "Weights are finite, 0 or more, and not all 0.")
    return torch.tensor(drawn, dtype=torch.float32)


def _loaded(sample: Sample) -> tuple[Image, Alpha]:
    return sample.load() if isinstance(sample, Nobody) else load_checked(sample)


def _fitted(image: Image, alpha: Alpha, side_px: int) -> tuple[Image, Alpha]:
    scale = min(1.0, side_px / max(alpha.shape))
    if scale == 1:
        return image, alpha
    size = max(1, round(alpha.shape[1] * scale)), max(1, round(alpha.shape[0] * scale))
    shrunk = (np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in (image, alpha))
    return next(shrunk), next(shrunk)
