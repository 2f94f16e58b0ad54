# ruff: noqa: E402  # torch is asked for before what needs it
from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("segmentation_models_pytorch")

from torch import nn

from live_seg.errors import UsageError
from live_seg.exporting.checkpoint import load_checkpoint
from live_seg.exporting.gate import ExportRefused
from live_seg.exporting.graph import to_onnx
from live_seg.exporting.half import to_half
from live_seg.exporting.network import NarrowUnetPlusPlus
from live_seg.exporting.parity import check_parity, largest_difference, onnx_run, torch_run

pytestmark = pytest.mark.training
SHAPES = ((1, 3, 64, 96), (1, 3, 96, 64), (1, 3, 32, 32))
BLOBS = [np.random.default_rng(0).normal(size=shape).astype(np.float32) for shape in SHAPES]


class Rescaled(nn.Module):
    """Enlarges to a size that it computes from its input."""

    def forward(self, image: Any) -> Any:
        small = image[:, :1, ::2, ::2]
        return nn.functional.interpolate(small, size=image.shape[2:])


def test_the_graph_computes_what_torch_computes_in_every_shape(network: Any, single: Any) -> None:
    assert check_parity(network, single, BLOBS) < 1e-3


def test_a_changed_network_is_refused(network: Any, single: Any) -> None:
    changed = NarrowUnetPlusPlus().eval()
    changed.load_state_dict(network.state_dict())
    with torch.no_grad():
        changed.segmentation_head[0].bias += 0.002
    with pytest.raises(ExportRefused, match=r"differs from torch by 0\.002"):
        check_parity(changed, single, BLOBS)


def test_a_network_that_gives_no_number_is_refused(network: Any, single: Any) -> None:
    changed = NarrowUnetPlusPlus().eval()
    changed.load_state_dict(network.state_dict())
    with torch.no_grad():
        changed.segmentation_head[0].bias.fill_(float("nan"))
    with pytest.raises(ExportRefused, match="inf"):
        check_parity(changed, single, BLOBS)


def test_the_graph_is_plain_and_its_normalisation_folded(single: Any) -> None:
    counted = Counter(node.op_type for node in single.graph.node)
    assert set(counted) == {"Add", "Concat", "Constant", "Conv", "MaxPool", "Relu", "Resize"}
    assert counted["Conv"] == 48
    assert single.opset_import[0].version == 17


def test_a_network_whose_weights_are_equal_in_many_places_is_taken() -> None:
    """A new one: its normalisations have the same numbers, and the exporter let one be the copy of another."""
    new = NarrowUnetPlusPlus(skips=(4, 8, 8, 8, 8), decoder=(16, 8, 8, 8, 8)).eval()
    graph = to_onnx(new)
    assert "Identity" not in {node.op_type for node in graph.graph.node}
    assert largest_difference(onnx_run(graph), torch_run(new), BLOBS) < 1e-3
    assert largest_difference(onnx_run(to_half(graph)), torch_run(new), BLOBS) < 0.05


def test_an_enlargement_to_a_computed_size_is_refused() -> None:
    with pytest.raises(ExportRefused):
        to_onnx(Rescaled())


def test_half_has_float_input_and_output_and_stays_near(single: Any) -> None:
    half = to_half(single)
    assert {one.type.tensor_type.elem_type for one in (*half.graph.input, *half.graph.output)} == {1}
    assert half.ByteSize() < 0.51 * single.ByteSize()
    assert largest_difference(onnx_run(half), onnx_run(single), BLOBS) < 0.05


def test_a_weight_beyond_half_precision_is_refused(single: Any) -> None:
    import onnx

    wide = onnx.ModelProto()
    wide.CopyFrom(single)
    weight = next(tensor for tensor in wide.graph.initializer if len(tensor.dims) == 4)
    values = onnx.numpy_helper.to_array(weight) * 1e6
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    with pytest.raises(ExportRefused, match="more than fp16"):
        to_half(wide)


def test_an_exported_file_comes_back_to_torch(network: Any, fp16: Path) -> None:
    assert largest_difference(torch_run(network), onnx_run_of(fp16), BLOBS) < 0.05


def onnx_run_of(file: Path) -> Any:
    import onnx

    return onnx_run(onnx.load(file))


def test_the_int8_file_does_not_come_back_and_says_so(fp16: Path) -> None:
    with pytest.raises(UsageError, match="floating point"):
        load_checkpoint(fp16.with_name("person-int8.onnx"))


@pytest.mark.parametrize("key", [None, "weights"])
def test_a_checkpoint_in_half_precision_loads_with_the_widths_that_it_has(tmp_path: Path, key: str | None) -> None:
    thin = NarrowUnetPlusPlus(skips=(4, 8, 8, 8, 8), decoder=(16, 8, 8, 8, 8))
    state = {name: value.half() if value.is_floating_point() else value for name, value in thin.state_dict().items()}
    torch.save({key: state, "epoch": 3} if key else state, tmp_path / "thin.pt")
    loaded = load_checkpoint(tmp_path / "thin.pt")
    assert not loaded.training
    assert largest_difference(torch_run(loaded), torch_run(thin.eval()), BLOBS) < 0.05


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(UsageError, match=r"other\.pt does not fit"):
        load_checkpoint(tmp_path / "other.pt")
