"""Weights of one network averaged: between two that differ in their mistakes there often is a better one.

Wortsman et al., "Model soups", ICML 2022. It holds for weights of one descent, that is where one began from the other
or both from the same; anything else gives a network that finds nothing, which the sweep shows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor

from live_seg.config import Config
from live_seg.errors import UsageError
from live_seg.evaluation.candidate import Candidate, MirroredCandidate, OwnModel
from live_seg.evaluation.measure import Skipped, measure_empty, measure_pairs
from live_seg.evaluation.pairs import Sample
from live_seg.evaluation.score import mean
from live_seg.exporting.checkpoint import load_checkpoint, network_of, read_weights
from live_seg.exporting.graph import to_onnx
from live_seg.exporting.restore import from_onnx
from live_seg.models import Model

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weights of the first file in a sweep."""

State = dict[str, Tensor]


def read_states(files: Sequence[Path]) -> list[State]:
    """Weights of checkpoints of one architecture.

    With a model file among them, of which the normalisation is folded into the convolutions, it is folded in all.

    Raises
    ------
    UsageError
        If one cannot be read, or is another network than the first.
    """
    folded = any(file.suffix.lower() == ".onnx" for file in files)
    states = [_folded(file) if folded else read_weights(file) for file in files]
    for file, state in zip(files[1:], states[1:], strict=True):
        odd = next((name for name in {**states[0], **state} if _shape(state, name) != _shape(states[0], name)), None)
        if odd:
            first, other = (_shape(one, odd) or "missing" for one in (states[0], state))
            raise UsageError(
                f"{file} is another network than {files[0]}: {odd} is {other} there and {first} here",
                "Only weights of one architecture can be averaged.",
            )
    return states


def mixed(states: Sequence[Mapping[str, Tensor]], shares: Sequence[float]) -> State:
    """The weighted mean of parameters and running statistics; counters are those of the largest share.

    Parameters
    ----------
    states
        Of one architecture.
    shares
        One for each; they add up to 1.
    """
    leading = states[max(range(len(shares)), key=shares.__getitem__)]
    result: State = {}
    for name, one in leading.items():
        if one.is_floating_point():
            parts = [state[name] * share for state, share in zip(states, shares, strict=True)]
            result[name] = torch.stack(parts).sum(0)
        else:
            result[name] = one.clone()
    return result


def sweep_shares(shares: Sequence[float]) -> list[tuple[float, ...]]:
    """The wanted shares, and others: the first file's goes through `STEPS`, the others' keep their proportions."""
    rest = 1 - shares[0]
    others = [share / rest if rest else 1 / (len(shares) - 1) for share in shares[1:]]
    found = {(step, *((1 - step) * other for other in others)) for step in STEPS}
    near = any(max(abs(a - b) for a, b in zip(one, shares, strict=True)) < 1e-6 for one in found)
    return sorted(found if near else {*found, tuple(shares)}, reverse=True)


def sweep(
    states: Sequence[State],
    mixes: Sequence[Sequence[float]],
    pairs: Sequence[Sample],
    rooms: Sequence[Path],
    area_px: int,
    logit_gain: float,
    track: Callable[[str, int], Callable[[], None]],
) -> Iterator[tuple[str, dict[str, float]]]:
    """Measures mixtures as `live-seg evaluate` does: each an fp32 model of its own, one after the other.

    Each is shown the mirror images, too: of several mixtures the best on few pictures is soon the best on these alone.

    Parameters
    ----------
    states, mixes
        What is mixed, and the shares.
    pairs, rooms
        Pictures with masks, and pictures in which nobody is (may be none).
    area_px, logit_gain
        As of the row that is to be exported: size of the input, and factor of the logits.
    track
        Called with a mixture's name and the number of its pictures; what it gives is called after each.

    Yields
    ------
    tuple
        Name and means: `iou`, `boundary_iou`, `mad` and, with rooms, `false_area`; `pictures` and `rooms` that were
        measured.
    """
    for shares in mixes:
        name = " / ".join(f"{share:.2f}" for share in shares)
        step = track(name, len(pairs) + len(rooms))
        with tempfile.TemporaryDirectory(prefix="live-seg-") as folder:
            file = Path(folder) / "mixture.onnx"
            onnx.save(to_onnx(network_of(mixed(states, shares), Path("the mixture"))), file)
            row = Model(name=name, file=file, precision="fp32", area_px=area_px, logit_gain=logit_gain)
            candidate = OwnModel(row, Config())
            try:
                yield name, _measured(candidate, pairs, rooms, step)
            finally:
                candidate.close()


def _measured(
    candidate: Candidate, pairs: Sequence[Sample], rooms: Sequence[Path], step: Callable[[], None]
) -> dict[str, float]:
    means: dict[str, float] = {}
    looks = [candidate, MirroredCandidate(candidate)]
    parts = {"pictures": measure_pairs(looks, pairs), "rooms": measure_empty(looks, rooms)}
    for name, results in parts.items():
        scores = []
        for result in results:
            scores += [] if isinstance(result, Skipped) else result
            step()
        means |= mean(scores) | {name: len(scores) // len(looks)}
    return means


def _folded(file: Path) -> State:
    return from_onnx(to_onnx(load_checkpoint(file)), file).state_dict()


def _shape(state: Mapping[str, Tensor], name: str) -> str:
    return "x".join(map(str, state[name].shape)) or "a number" if name in state else ""
