from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from small_run import OURS, config
from torch import nn
from torch.optim import AdamW

from live_seg.errors import UsageError
from live_seg.training.networks import build_network
from live_seg.training.optimisers import Muon, build_optimisers, is_matrix, orthogonal_factor
from live_seg.training.run import train

pytestmark = pytest.mark.training


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (16, 16), (64, 576)])
def test_the_factor_makes_a_matrix_about_orthogonal(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 1e-3
    factor = orthogonal_factor(matrix)
    made = factor @ matrix if shape[0] <= shape[1] else matrix @ factor
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    assert torch.linalg.svdvals(made).sub(1).abs().max() < 0.35  # what the quintic leaves
    assert (left.T @ made @ right.T).diagonal().min() > 0.65  # along the matrix's own directions


def test_a_step_is_that_of_torch() -> None:
    reference = getattr(torch.optim, "Muon", None)  # from version 2.9 on; for two dimensions only
    if reference is None:
        pytest.skip("torch has no Muon")
    start = torch.randn(24, 60, generator=torch.Generator().manual_seed(2))
    ours, theirs = nn.Parameter(start.view(24, 15, 2, 2).clone()), nn.Parameter(start.clone())
    mine = Muon([{"params": [ours]}], learning_rate=0.02, weight_decay=0.1, momentum=0.9)
    other = reference([theirs], lr=0.02, weight_decay=0.1, momentum=0.9, adjust_lr_fn="match_rms_adamw")
    for step in range(4):
        gradient = torch.randn(24, 60, generator=torch.Generator().manual_seed(step))
        ours.grad, theirs.grad = gradient.view_as(ours).clone(), gradient.clone()
        mine.step()
        other.step()
    moved = (theirs - start).abs().mean()
    assert (ours.view(24, 60) - theirs).abs().mean() < 0.02 * moved  # torch computes in bf16


def test_each_parameter_has_one_optimiser_and_the_encoder_learns_more_slowly(portraits: Path, tmp_path: Path) -> None:
    run = config(portraits, tmp_path, network=OURS, train={"optimiser": "muon", "learning_rate": 1e-3})
    network, _ = build_network(run.network)
    matrices, rest = build_optimisers(network, run.train)
    groups = [*matrices.param_groups, *rest.param_groups]
    taken = [id(one) for group in groups for one in group["params"]]
    assert sorted(taken) == sorted(id(one) for one in network.parameters())
    assert [group["highest"] for group in groups] == [5e-4, 1e-3, 5e-4, 1e-3]
    assert not is_matrix(network.encoder.conv1.weight) and is_matrix(network.encoder.layer4[0].conv1.weight)  # type: ignore[union-attr,index,arg-type]
    assert matrices.param_groups[1]["params"] and all(one.ndim == 4 for one in matrices.param_groups[1]["params"])


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_no_gradient_of_a_step_is_longer_than_configured(
    portraits: Path, tmp_path: Path, optimiser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[float] = []

    def note(own: torch.optim.Optimizer) -> None:
        given = [one.grad for group in own.param_groups for one in group["params"] if one.grad is not None]
        lengths.append(float(torch.stack([one.norm() for one in given]).norm()))

    for kind in (Muon, AdamW):
        monkeypatch.setattr(kind, "step", lambda own, closure=None: note(own))
    by = {"optimiser": optimiser, "clip": 1e-3, "steps": 1}
    train(config(portraits, tmp_path, network=OURS, train=by))
    assert len(lengths) == 1 + (optimiser == "muon")
    assert math.hypot(*lengths) == pytest.approx(1e-3, rel=1e-3)


def test_an_unknown_optimiser_is_refused_with_the_nearest(portraits: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="adamw"):
        config(portraits, tmp_path, train={"optimiser": "adam"})
