"""Brings a run's teacher in, where it has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import AdamW

from live_seg.evaluation.adapter import read_adapter
from live_seg.training.compose import Bank
from live_seg.training.config import TrainConfig
from live_seg.training.teaching.answers import ask_once
from live_seg.training.teaching.lessons import Lessons
from live_seg.training.teaching.teacher import Teacher

_RATE = 1e-3
"""Of the convolutions that are thrown away in the end: a constant one, they follow the network."""


def arrange_lessons(
    fabric: Fabric, network: nn.Module, bank: Bank, config: TrainConfig, said: Callable[[str], None]
) -> tuple[Any, Any]:
    """Lessons and their optimiser as Fabric sets them up; one process of each machine asks the teacher.

    Raises
    ------
    UsageError
        If the teacher or a tensor cannot be had, or does not fit the network.
    EngineError
        If it fails.
    """
    teaching = config.teaching
    adapter = read_adapter(Path(teaching.model).expanduser())
    # While one process asks, the others of this machine wait: their threads are free.
    teacher = Teacher(adapter, teaching.tensors, torch.get_num_threads() * config.machine.devices)
    try:
        folder = Path(config.log.folder).expanduser()
        answers = ask_once(teacher, bank, folder, said, waits=fabric.local_rank > 0)
    finally:
        teacher.close()
    torch.manual_seed(config.train.seed)  # the same first weights in every process
    lessons = Lessons(network, answers, teaching, adapter.width)
    if not teaching.tensors:
        return lessons, None
    module, optimiser = fabric.setup(lessons, AdamW(lessons.parameters(), lr=_RATE))
    return module, optimiser
