"""Where a run's numbers go besides its log: TensorBoard, and Weights & Biases when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from live_seg.config import values_of
from live_seg.errors import LiveSegError
from live_seg.training.config import TrainConfig


class Boards:
    """Writes rows to the boards that the configuration names.

    Parameters
    ----------
    config
        Part `log` is used.
    folder
        Of the run.
    start
        Step that the run goes on from; later ones of an earlier try are forgotten.

    Raises
    ------
    LiveSegError
        If a board's package is missing.
    """

    def __init__(self, config: TrainConfig, folder: Path, start: int) -> None:
        self._tensorboard: Any = None
        self._wandb: Any = None
        if config.log.tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                raise _missing("tensorboard", "set log.tensorboard=false") from None
            self._tensorboard = SummaryWriter(folder / "tensorboard", purge_step=start + 1 if start else None)
        if config.log.wandb != "off":
            try:
                import wandb
            except ImportError:
                raise _missing("wandb", "set log.wandb=off") from None
            self._wandb = wandb.init(
                project="live-seg", name=folder.name, dir=folder, mode=config.log.wandb, config=values_of(config)
            )

    @classmethod
    def none(cls) -> Boards:
        """No board at all: for every process but the first."""
        boards = cls.__new__(cls)
        boards._tensorboard = boards._wandb = None
        return boards

    def write(self, row: Mapping[str, float]) -> None:
        """One row of the log."""
        step = int(row["step"])
        for name, value in row.items():
            if name != "step" and self._tensorboard:
                self._tensorboard.add_scalar(name, value, step)
        if self._wandb:
            self._wandb.log(dict(row), step=step)

    def close(self) -> None:
        """Writes what is left."""
        if self._tensorboard:
            self._tensorboard.close()
        if self._wandb:
            self._wandb.finish()


def _missing(package: str, way_out: str) -> LiveSegError:
    return LiveSegError(f"{package} is missing", f"pip install {package}, or {way_out}.")
