"""What a run's frames are made of: its pictures, rooms and animals, and a composer for each of its stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from live_seg.errors import UsageError
from live_seg.evaluation.measure import room_source
from live_seg.evaluation.pairs import Sample
from live_seg.training.compose import Bank, Composer, Draw, load_animals, load_bank, load_rooms
from live_seg.training.compose.rooms import FREE, room_files
from live_seg.training.config import Compose, Data, TrainConfig
from live_seg.training.data import Samples, crops_of, empty_samples
from live_seg.training.schedule import Stage

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's RGB in 0..1: what every encoder was trained with, and the models' rows say."""


@dataclass(frozen=True, slots=True)
class Material:
    """Loaded.

    Attributes
    ----------
    bank
        The pictures, in memory.
    composers
        One for each stage.
    device
        Where they compose.
    """

    bank: Bank
    composers: list[Composer]
    device: torch.device


def load_material(
    config: TrainConfig,
    samples: Samples,
    stages: Sequence[Stage],
    device: torch.device,
    said: Callable[[str], None],
) -> Material:
    """Loads what a configuration names.

    Parameters
    ----------
    config, samples, stages
        Of the run.
    device
        That trains; frames are composed there if `data.keep_on` says so.
    said
        Hears what was skipped.

    Raises
    ------
    UsageError
        If there is nothing to train on, or a folder cannot be read.
    """
    data = config.data
    device = device if data.keep_on == "device" else torch.device("cpu")
    shown = [*samples.train, *crops_of(samples.train, data), *empty_samples(data)]
    bank, skipped = load_bank(shown, data.side_px, data.weights)
    for one in skipped:
        said(f"skipped: {one.picture}: {one.why}")
    said(f"{len(bank.pictures)} pictures, {len(skipped)} skipped; split {samples.hash}")
    if samples.in_both:
        said(f"{samples.in_both} pictures are trained on and validated on: the scores tell what is known by heart")
    if not samples.val:
        said("no picture is validated on: the last weights are kept, unmeasured")
    if nothing := _unknown_sources(data, shown):
        said(f"data.weights: no picture and no room is of {', '.join(nothing)}")
    rooms, animals = load_rooms(data, samples.train), load_animals(data)
    if not bank.people.any() and any(_puts_persons(stage.compose, bool(len(rooms.pictures))) for stage in stages):
        raise UsageError(
            "data.weights leaves nobody to put into rooms or before others: crops and empty pictures are not",
            "Draw a source of whole pictures, or set data.rooms=[] and compose.joined=0.",
        )
    there, rooms, animals = bank.to(device), rooms.to(device), animals and animals.to(device)
    composers = [Composer(there, rooms, stage.compose, config.camera, animals) for stage in stages]
    return Material(bank, composers, device)


def _puts_persons(compose: Compose, has_rooms: bool) -> bool:
    """Whether persons are taken out of their pictures."""
    in_rooms = has_rooms and compose.natural + compose.reframed + compose.empty < 1 - 1e-6
    return in_rooms or bool(compose.natural and compose.joined)


def _unknown_sources(data: Data, samples: Sequence[Sample]) -> list[str]:
    """What `data.weights` names and is nowhere, which may be a slip of the pen."""
    known = {sample.source for sample in samples} | set(map(room_source, room_files(data)))
    return [name for name in data.weights if name not in known | {FREE, *data.leave_out}]


def first_frames(material: Material, stage: Stage, seed: int) -> Iterator[Tensor]:
    """Frames like those that are trained on at first, normalised, 64 at most."""
    for number, shape in enumerate(stage.shapes[:4]):
        yield normalised(material.composers[0](16, shape, Draw(material.device, seed, number, 0, 2))[0].cpu())


def normalised(pictures: Tensor) -> Tensor:
    """RGB in 0..1 as the encoder wants it, in the memory order that convolutions like best."""
    mean, deviation = (torch.tensor(one, device=pictures.device).view(1, 3, 1, 1) for one in (MEAN, STD))
    return ((pictures - mean) / deviation).contiguous(memory_format=torch.channels_last)
