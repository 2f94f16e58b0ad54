"""Starts a training run: on one processor, on several, or on several machines."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.distributed
import torch.multiprocessing
from lightning_fabric import Fabric
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from live_seg.config import read_values
from live_seg.config.build import build
from live_seg.errors import LiveSegError, UsageError
from live_seg.training.config import TrainConfig
from live_seg.training.experiment import CONFIG, STATE
from live_seg.training.loop import run_loop
from live_seg.training.reporter import Reporter, Silent
from live_seg.training.schedule import stages

_TIME_TO_END_S = 1.0


def train(config: TrainConfig, reporter: Reporter | None = None, resume: Path | None = None) -> Path:
    """Trains, and returns the folder of the run.

    Parameters
    ----------
    config
        All of it; with `resume`, only part `machine` is used, the rest is the old run's.
    reporter
        Hears of the progress.
    resume
        Folder of a run that was interrupted: it goes on from its last state.

    Raises
    ------
    UsageError
        If the configuration names what is not there, or there is nothing to resume.
    """
    if resume is not None:
        config = _resumed(config, resume)
    stages(config)  # a wrong phase is said before a folder is made
    logging.getLogger("lightning_fabric").setLevel(logging.ERROR)  # it tells what the configuration says
    logging.getLogger("lightning.fabric").setLevel(logging.ERROR)
    launched = "LOCAL_RANK" in os.environ  # by torchrun, which starts the processes itself
    many = config.machine.devices * config.machine.machines > 1
    fabric = Fabric(
        accelerator=_accelerator(config),
        devices=config.machine.devices,
        num_nodes=config.machine.machines,
        strategy="auto" if not many else "ddp" if launched else "ddp_spawn",
        precision=config.train.precision,
    )
    run = partial(_together, run=partial(run_loop, config=config, resumed=resume, reporter=reporter or Silent()))
    if many and not launched:
        folder = _in_processes(fabric, run)
    else:
        fabric.launch()
        folder = run(fabric)
    return folder or Path(config.log.folder)


def _together(fabric: Fabric, run: Callable[[Fabric], Path | None]) -> Path | None:
    """Runs, and leaves the group of processes.

    Its threads hold tensors: one that lets go of them while Python shuts down aborts the process (SIGABRT) after all
    was done. After an error the others may wait in the group, and leaving it would wait for them.
    """
    folder = run(fabric)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    return folder


def _in_processes(fabric: Fabric, run: Callable[[Fabric], Path | None]) -> Path | None:
    """Launches processes; what one of them says of its end is raised here, in place of its traceback.

    They end with this one, which waits for them: a signal to it alone would not reach them.
    """
    said = torch.multiprocessing.get_context("spawn").SimpleQueue()
    try:
        folder: Path | None = fabric.launch(partial(_telling, run=run, said=said))
    except ProcessRaisedException:
        if said.empty():
            raise
        raise said.get() from None
    except ProcessExitedException as error:
        how = error.signal_name or f"exit code {error.exit_code}"
        raise LiveSegError(
            f"a process of the training was ended from outside ({how})",
            "Mostly memory is short: free some, then go on with --resume.",
        ) from None
    except KeyboardInterrupt:
        for process in torch.multiprocessing.active_children():
            process.join(_TIME_TO_END_S)  # a terminal's Ctrl-C went to all: a second one would disturb the tidying up
            process.terminate()
        raise
    return folder


def _telling(fabric: Fabric, run: Callable[[Fabric], Path | None], said: Any) -> Path | None:
    # Tidies up as Ctrl-C does, which is ignored in what a script started in the background.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(fabric)
    except LiveSegError as error:
        said.put(error)
        raise


def _resumed(config: TrainConfig, folder: Path) -> TrainConfig:
    if not (folder / STATE).is_file():
        raise UsageError(
            f"{folder} has no {STATE} to go on from", "Give the folder of an interrupted run: experiments/expN."
        )
    old = build(read_values(folder / CONFIG, TrainConfig), TrainConfig)
    return replace(old, machine=config.machine)


def _accelerator(config: TrainConfig) -> str:
    wanted = config.machine.accelerator
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("machine.accelerator is cuda, and torch finds no GPU", "Set machine.accelerator=cpu or auto.")
    return wanted
