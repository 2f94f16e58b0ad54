"""The training loop: what one process does from the first step to the last."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from live_seg.errors import LiveSegError
from live_seg.evaluation.score import mean
from live_seg.evaluation.sheet import contact_sheet, write_picture
from live_seg.training.average import Average
from live_seg.training.boards import Boards
from live_seg.training.compose import Draw
from live_seg.training.compose.draw import derived_seed
from live_seg.training.compose.parts import batch_overlays
from live_seg.training.config import TrainConfig
from live_seg.training.data import training_samples
from live_seg.training.experiment import (
    STATE,
    WEIGHTS,
    append_row,
    forget_after,
    new_folder,
    read_run,
    save,
    write_config,
)
from live_seg.training.finish import finish
from live_seg.training.losses import weighted
from live_seg.training.material import first_frames, load_material, normalised
from live_seg.training.networks import build_network, unweighted
from live_seg.training.optimisers import build_optimisers
from live_seg.training.renormalise import renormalise
from live_seg.training.reporter import Reporter
from live_seg.training.schedule import rate, stage_at, stages
from live_seg.training.teaching import arrange_lessons
from live_seg.training.validate import merit, validate

_STATE = ("step", "network", "average", "optimisers", "best", "stale", "lessons")


def run_loop(fabric: Fabric, config: TrainConfig, resumed: Path | None, reporter: Reporter) -> Path | None:
    """Trains in this process, together with the others of the run.

    Parameters
    ----------
    fabric
        Launched.
    config
        Of the run.
    resumed
        Folder of a run that is to go on; without it the first process makes one when nothing stands in the way.
    reporter
        Hears of the progress, in the first process.

    Returns
    -------
    Path or None
        Folder of the run, in the first process.
    """
    if config.machine.threads:
        torch.set_num_threads(config.machine.threads)
    try:
        return _Loop(fabric, config, resumed, reporter).run()
    except BaseException:
        reporter.finished({})
        raise


class _Loop:
    def __init__(self, fabric: Fabric, config: TrainConfig, resumed: Path | None, reporter: Reporter) -> None:
        self.fabric, self.config, self.reporter = fabric, config, reporter
        self.resumed, self.folder = resumed, resumed or Path()
        self.samples = training_samples(config)
        self.stages = stages(config)
        torch.manual_seed(config.train.seed)  # the same first weights in every process
        network, about = build_network(config.network if resumed is None else unweighted(config.network))
        self._say(about if resumed is None else f"goes on in {resumed}")
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.criterion = weighted(config.train.losses, config.train.nobody)
        self.material = load_material(config, self.samples, self.stages, fabric.device, self._say)
        if resumed is None and config.network.start:
            renormalise(network, first_frames(self.material, self.stages[0], config.train.seed))
        self.network: Any  # what Fabric makes of it: in bf16, and in step with the other processes
        self.network, *self.optimisers = fabric.setup(network, *build_optimisers(network, config.train))
        self.plain: nn.Module = self.network.module
        self.lessons: Any = None
        if config.teaching.model:
            self.lessons, own = arrange_lessons(fabric, self.plain, self.material.bank, config, self._say)
            self.optimisers += [own] if own else []
        self.average = Average(self.plain, config.train.average)
        self.start, self.best, self.stale = 0, float("-inf"), 0
        if resumed is not None:
            self._load_state()

    def run(self) -> Path | None:
        config, fabric = self.config.train, self.fabric
        boards = self._open()
        began = since = time.monotonic()
        total, counted, row = torch.zeros((), device=fabric.device), 0, dict[str, float]()
        for step in range(self.start, self.start if self._is_enough() else config.steps):
            total += self._step(step)
            counted += 1
            done = step + 1
            row = {}
            if done % self.config.log.every == 0 or done == config.steps:
                seen = counted * config.batch * config.accumulate * fabric.world_size
                loss: Any = fabric.all_reduce(total / counted, reduce_op="mean")  # each process has its own chunks
                row = {"step": done, "loss": float(loss), "learning_rate": self._rate(step)}
                row["pictures_per_s"] = seen / (time.monotonic() - since)
                total.zero_()
                counted, since = 0, time.monotonic()
            stop = False
            if done % config.validate_every == 0 or done == config.steps:
                scores, stop = self._validated()
                row = {"step": done, **row, **scores}
                since = time.monotonic()
            if row and fabric.is_global_zero:
                append_row(self.folder, row)
                boards.write(row)
            if fabric.is_global_zero:
                self.reporter.stepped(done, row)
            if done % config.save_every == 0 or done == config.steps or stop:
                self._save_state(done)
            if stop:
                self._say(f"stopped at step {done}: {config.patience} validations without a better one")
                break
        if fabric.is_global_zero:
            boards.close()
            metrics = finish(self.plain, self.config, self.samples, self.folder, done_s=time.monotonic() - began)
            self.reporter.finished(metrics)
        fabric.barrier()
        return self.folder if fabric.is_global_zero else None

    def _step(self, step: int) -> Tensor:
        """One optimiser step; the mean loss of this process's chunks."""
        config, fabric = self.config.train, self.fabric
        for group in (group for one in self.optimisers for group in one.param_groups if "highest" in group):
            group["lr"] = group["highest"] * self._rate(step) / config.learning_rate
        number = stage_at(self.stages, step)
        shapes, composer = self.stages[number].shapes, self.material.composers[number]
        size = shapes[int(Draw(torch.device("cpu"), config.seed, step).index(1, len(shapes)))]
        total = torch.zeros((), device=fabric.device)
        for place in range(config.accumulate):
            # A chunk depends on the seed, the step and its place in the step alone: so a run resumes as if it had
            # never stopped, and two processes with a chunk each do what one does with two.
            chunk = fabric.global_rank * config.accumulate + place
            frames = composer.frames(config.batch, size, Draw(self.material.device, config.seed, step, chunk))
            frames = frames.to(fabric.device)
            torch.manual_seed(derived_seed(config.seed, step, chunk, 1))  # dropout
            is_last = place == config.accumulate - 1
            with fabric.no_backward_sync(self.network, enabled=not is_last):
                # With deep supervision there are the logits of several networks, each a channel.
                logits = self.network(normalised(frames.pictures)).float().split(1, dim=1)
                loss = torch.stack([self.criterion(one, frames.alpha) for one in logits]).mean()
                if self.lessons is not None and frames.origin is not None:
                    taught = loss + self.lessons(logits[0], frames.origin, step >= config.warm_up)
                else:
                    taught = loss
                fabric.backward(taught / config.accumulate)
            total += loss.detach() / config.accumulate
        # Not fabric.clip_gradients, which takes one optimiser's part: Muon's would leave AdamW's as long as it is.
        length = nn.utils.clip_grad_norm_(self.plain.parameters(), config.clip)
        if not torch.isfinite(length):
            raise LiveSegError(
                f"the network went astray at step {step + 1}: its gradients are no numbers any more",
                "Start again with a lower train.learning_rate.",
            )
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.average.update(self.plain, step + 1)
        return total

    def _rate(self, step: int) -> float:
        stage, config = self.stages[stage_at(self.stages, step)], self.config.train
        first, end = stage.cosine
        return stage.learning_rate * rate(step - first, end - first, config.warm_up, config.final_rate)

    def _validated(self) -> tuple[dict[str, float], bool]:
        """Scores of the averaged weights, which are kept if they are the best; and whether to stop early."""
        scores: dict[str, float] = {}
        if self.fabric.is_global_zero:
            own = {name: one.clone() for name, one in self.plain.state_dict().items()}
            self.plain.load_state_dict(self.average.state)
            results = validate(self.plain, self.samples.val, self.config.network.area_px)
            self.plain.load_state_dict(own)
            if unusable := len(self.samples.val) - len(results):
                self._say(
                    f"{unusable} of {len(self.samples.val)} pictures could not be validated on: data check says why"
                )
            scores = {f"val_{name}": value for name, value in mean(results).items()}
            self.stale += 1
            if merit(results) > self.best or not results:
                self.best, self.stale = merit(results), 0
                save({"ema": self.average.state}, self.folder / WEIGHTS)
        stop: bool = self.fabric.broadcast(self._is_enough())
        return scores, stop

    def _is_enough(self) -> bool:
        """Whether there were too many validations without a better one."""
        patience = self.config.train.patience
        return bool(patience and self.stale >= patience)

    def _open(self) -> Boards:
        if not self.fabric.is_global_zero:
            return Boards.none()
        if self.resumed is None:
            self.folder = new_folder(Path(self.config.log.folder).expanduser())
        write_config(self.folder, self.config)
        forget_after(self.folder, self.start)
        self.reporter.started(self.folder, self.start, self.config.train.steps)
        tiles = []
        for stage, composer in zip(self.stages, self.material.composers, strict=True):
            frames = composer(12, stage.shapes[0], Draw(self.material.device, self.config.train.seed))
            tiles += [(f"from step {stage.start}", overlay) for overlay in batch_overlays(*frames)]
        write_picture(contact_sheet(tiles, 6), self.folder / "batch.jpg")
        return Boards(self.config, self.folder, self.start)

    def _save_state(self, step: int) -> None:
        if self.fabric.is_global_zero:
            content = {
                "step": step,
                "network": self.plain.state_dict(),
                "average": self.average.state,
                "optimisers": [one.state_dict() for one in self.optimisers],
                "best": self.best,
                "stale": self.stale,
                "lessons": {} if self.lessons is None else self.lessons.state_dict(),
            }
            save(content, self.folder / STATE)

    def _load_state(self) -> None:
        state = read_run(self.folder / STATE, self.fabric.device, _STATE)
        self.plain.load_state_dict(state["network"])
        self.average.load(state["average"])
        if self.lessons is not None:
            self.lessons.load_state_dict(state["lessons"])
        for optimiser, own in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(own)
        self.start, self.best, self.stale = state["step"], state["best"], state["stale"]

    def _say(self, text: str) -> None:
        if self.fabric.is_global_zero:
            self.reporter.said(text)
