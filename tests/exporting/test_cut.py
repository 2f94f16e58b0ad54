# ruff: noqa: E402  # torch is asked for before what needs it
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from live_seg.cli.main import main
from live_seg.errors import UsageError
from live_seg.exporting.checkpoint import load_checkpoint
from live_seg.exporting.export import export
from live_seg.exporting.graph import to_onnx
from live_seg.exporting.network import CUTS, Cut, NarrowUnetPlusPlus
from live_seg.exporting.parity import check_parity

pytestmark = pytest.mark.training


@pytest.fixture
def headed(network: Any) -> NarrowUnetPlusPlus:
    """The shipped network with heads that nobody trained."""
    torch.manual_seed(1)
    headed = NarrowUnetPlusPlus(deep_supervision=True)
    headed.load_state_dict(network.state_dict(), strict=False)
    return headed.eval()


def picture(height: int = 64, width: int = 96) -> Any:
    return torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(("number", "node"), [(1, "x_3_3"), (2, "x_2_3"), (3, "x_1_3")])
def test_a_cut_is_the_head_at_a_node_of_the_whole_network(headed: NarrowUnetPlusPlus, number: int, node: str) -> None:
    seen: list[Any] = []
    hook = headed.decoder.blocks[node].register_forward_hook(lambda *call: seen.append(call[-1]))
    with torch.no_grad():
        headed(picture())
        hook.remove()
        half = headed.cut_heads[number - 1](seen[0])  # type: ignore[index]
        found = Cut(headed, number).eval()(picture())
    assert found.shape == (1, 1, 64, 96) and half.shape == (1, 1, 32, 48)
    assert torch.allclose(found, torch.nn.functional.interpolate(half, scale_factor=2, mode="bilinear"), atol=1e-5)


def test_heads_change_nothing_in_use_and_are_all_trained(headed: NarrowUnetPlusPlus, network: Any) -> None:
    with torch.no_grad():
        assert torch.equal(headed(picture()), network(picture()))
    headed.train()
    logits = headed(picture().repeat(2, 1, 1, 1))
    assert logits.shape == (2, 4, 64, 96)
    logits.square().mean().backward()
    assert all(float(head.weight.grad.abs().sum()) > 0 for head in headed.cut_heads)  # type: ignore[union-attr]


def test_what_a_cut_does_not_need_is_not_in_its_file(headed: NarrowUnetPlusPlus) -> None:
    sizes = []
    for network in (*(Cut(headed, number).eval() for number in CUTS), headed):
        graph = to_onnx(network)
        assert check_parity(network, graph, [picture().numpy(), picture(32, 32).numpy()]) < 1e-3
        sizes.append(graph.ByteSize())
    assert sizes[0] * 3 < sizes[1] and sizes[1] * 3 < sizes[2] and sizes[2] * 3 < sizes[3]


def test_a_cut_is_exported_from_a_checkpoint_with_heads(
    headed: NarrowUnetPlusPlus, plan: Callable[..., Any], tmp_path: Path
) -> None:
    torch.save({"ema": headed.state_dict()}, tmp_path / "headed.pt")
    assert load_checkpoint(tmp_path / "headed.pt").cut_heads is not None
    wanted = plan(checkpoint=tmp_path / "headed.pt", cut=1, precisions=["fp16"])
    export(wanted, lambda *_: None)
    assert (wanted.out / "someone-fp16.onnx").stat().st_size < 1e6


def test_a_network_without_heads_cannot_be_cut(
    headed: NarrowUnetPlusPlus, fp16: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", str(fp16), "--calibrate", str(data), "--validate", str(data), "--out", str(tmp_path)]
    assert main([*words, "--cut", "2"]) == 2
    assert "deep_supervision" in capsys.readouterr().err
    with pytest.raises(UsageError, match="no cut 4"):
        Cut(headed, 4)
