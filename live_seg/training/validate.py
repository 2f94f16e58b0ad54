"""Scores a network in training on whole pictures, fed as the app feeds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from live_seg.errors import UsageError
from live_seg.evaluation.measure import load_checked
from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.score import Score, mean, person_size, score_pair, score_trimap
from live_seg.evaluation.sheet import contact_sheet, errors_overlay
from live_seg.evaluation.trimap import TrimapPair
from live_seg.frame import Alpha, Image, Size
from live_seg.matting.preprocess import to_blob
from live_seg.models import Model
from live_seg.shrink import shrink


@torch.no_grad()
def predict(network: nn.Module, image: Image, area_px: int) -> Alpha:
    """Matte of a picture, enlarged bilinearly; the network is in evaluation mode."""
    model = Model(name="", file=Path(), precision="fp32", area_px=area_px)
    blob = torch.from_numpy(to_blob(shrink(image, model.input_size(Size.of(image))), model))
    device = next(network.parameters()).device
    matte = torch.sigmoid(network(blob.to(device)).float())[0, 0].cpu().numpy()
    large = cv2.resize(matte, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.rint(large * 255), np.uint8)


def validate(network: nn.Module, samples: Sequence[Sample], area_px: int) -> list[Score]:
    """Scores of every sample that can be read."""
    was_training = network.training
    network.eval()
    scores = []
    for sample in samples:
        try:
            image, truth = load_checked(sample)
        except UsageError:
            continue
        score = score_trimap if isinstance(sample, TrimapPair) else score_pair
        values = score(predict(network, image, area_px), truth)
        scores.append(Score("", sample.name, sample.source, person_size(truth), values))
    network.train(was_training)
    return scores


def merit(scores: Sequence[Score]) -> float:
    """What the best weights have most of: IoU plus boundary IoU less MAD, since a matte is bodies and outlines.

    A trimap does not say where the outline is: there it is IoU less MAD.
    """
    means = mean(scores)
    return means["iou"] + means.get("boundary_iou", 0.0) - means["mad"] if scores else 0.0


def overlays(network: nn.Module, samples: Sequence[Sample], area_px: int, count: int = 20) -> Image | None:
    """Contact sheet of `count` samples with what is wrong in red and blue; None if not one can be read."""
    network.eval()

    def tiles() -> Iterator[tuple[str, Image]]:
        for sample in samples[:: max(1, len(samples) // count)][:count]:
            with suppress(UsageError):
                image, truth = load_checked(sample)
                yield sample.name, errors_overlay(image, predict(network, image, area_px), truth)

    made = tiles()
    first = next(made, None)
    return None if first is None else contact_sheet(chain([first], made))
