"""The graph makes the picture that OpenCV and NumPy make: within 2 levels everywhere, and almost nowhere apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from small_network import write_network

from live_seg.config import Config, build
from live_seg.effects import open_effect
from live_seg.effects.transparent import FAINT
from live_seg.frame import Frame, Image, Size
from live_seg.fused.assemble import Recipe, assemble
from live_seg.fused.forms import background_of, form_of
from live_seg.fused.steady import NO_PAST
from live_seg.fused.unsupported import NoGraphForm
from live_seg.matting import Matter
from live_seg.media import read_picture
from live_seg.models import Model, Network, best_model
from live_seg.sources.synthetic import SyntheticSource

PORTRAIT = Path(__file__).parents[2] / "live_seg" / "assets" / "astronaut.webp"
EFFECTS = {
    "blur": {"effect": {"name": "blur"}},
    "weak blur": {"effect": {"name": "blur"}, "blur": {"radius_px": 2}},
    "strong blur": {"effect": {"name": "blur"}, "blur": {"radius_px": 90}},
    "colour": {"effect": {"name": "replace"}},
    "picture": {"effect": {"name": "replace"}, "replace": {"background": str(PORTRAIT)}},
    "transparent": {"effect": {"name": "transparent"}},
}
SIZES = ["640x360", "322x180", "161x97", "180x320", "96x64", "800x600"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return write_network(tmp_path_factory.mktemp("models"))


def demo(size: Size, count: int) -> Iterator[Frame]:
    """The portrait, moving to the left and upwards; then, suddenly, another scene."""
    picture = read_picture(str(PORTRAIT))
    scale = 0.9 * min(picture.shape[1] / size.width, picture.shape[0] / size.height)
    width, height = int(size.width * scale), int(size.height * scale)
    for index in range(count):
        part = picture[2 * index : 2 * index + height, 3 * index : 3 * index + width]
        yield Frame(np.asarray(cv2.resize(part, size), np.uint8), index, index / 30)
    yield SyntheticSource("", build({"source": {"size": str(size)}}), lambda: 0.0).frame(count)


class Graph:
    """The fused graph on ONNX Runtime's CPU provider, fed by hand."""

    def __init__(self, recipe: Recipe) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(assemble(recipe), options, providers=["CPUExecutionProvider"])
        shape = (1, 1, recipe.small.height, recipe.small.width)
        self.past = {"past_alpha": np.zeros(shape, np.float32), "past_grey": np.full(shape, NO_PAST, np.float32)}

    def __call__(self, image: Image, background: Image | None) -> dict[str, Any]:
        feed = {"frame": image, "background": background, **self.past}
        names = [item.name for item in self.session.get_inputs()]
        values = self.session.run(None, {name: feed[name] for name in names})
        made = dict(zip((item.name for item in self.session.get_outputs()), values, strict=True))
        self.past = {name: made.get(f"new_{name[5:]}", value) for name, value in self.past.items()}
        return made


def differences(config: Config, model: Model, size: Size, frames: int = 3) -> list[tuple[float, float]]:
    """Greatest and mean difference in levels of each frame's picture; also sees to alpha and confidence."""
    effect, found, matting = open_effect(config), [], replace(config.matting, sure=0.0)
    graph = Graph(Recipe(model, matting, form_of(effect), size))
    with Network(model, "cpu", replace(config.engine, threads=1)) as network:
        matter = Matter(network, matting)
        for frame in demo(size, frames):
            matte = matter(frame)
            made = graph(frame.image, background_of(effect, size))
            assert made["statistics"][0] == pytest.approx(matte.confidence, abs=1e-4)
            assert np.isfinite(made["statistics"]).all()
            assert np.abs(made["alpha"].astype(int) - matte.alpha).max() <= 2
            apart = np.abs(made["picture"].astype(int) - effect(frame.image, matte.alpha))
            if apart.shape[2] == 4:
                # Straight alpha: where it differs by a level or two, so may the colour by as much as is hardly seen of
                # it; and where it is about as much as counts as nothing, one level decides on the colour.
                seen = np.where(made["alpha"] == matte.alpha, 1.0, matte.alpha / 255)
                apart = apart * np.dstack([seen] * 3 + [np.ones(matte.alpha.shape)])
                apart[np.abs(matte.alpha.astype(int) - FAINT) <= 2] = 0
            found.append((float(apart.max()), float(apart.mean())))
    return found


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("size", SIZES[:4])
def test_every_effect_is_the_same_picture_at_every_size(model: Model, effect: str, size: str) -> None:
    for most, mean in differences(build(EFFECTS[effect]), model, Size.parse(size)):
        assert most <= 2
        assert mean < 0.02


@pytest.mark.parametrize("size", SIZES[4:])
@pytest.mark.parametrize("matting", [{"steady": 0.0}, {"steady": 1.0, "radius_px": 5}, {"refine": "bilinear"}], ids=str)
def test_every_setting_of_the_matte_is_the_same_picture(model: Model, size: str, matting: dict[str, Any]) -> None:
    config = build({**EFFECTS["colour"], "matting": matting})
    for most, mean in differences(config, model, Size.parse(size)):
        assert most <= 2
        assert mean < 0.02


def test_the_shipped_network_makes_the_same_picture() -> None:
    model = replace(best_model("fp16"), area_px=46080)
    for most, mean in differences(build(EFFECTS["blur"]), model, Size(640, 360), frames=2):
        assert most <= 2
        assert mean < 0.02


def test_the_past_counts_and_a_new_scene_forgets_it(model: Model) -> None:
    size = Size(320, 180)
    recipe = Recipe(model, build({"matting": {"steady": 1.0}}).matting, None, size)
    first, second, other = (frame.image for frame in demo(size, 2))
    graph, fresh = Graph(recipe), Graph(recipe)
    graph(first, None)
    assert (graph(second, None)["alpha"] != Graph(recipe)(second, None)["alpha"]).any()
    assert np.array_equal(graph(255 - other, None)["alpha"], fresh(255 - other, None)["alpha"])


def test_without_an_effect_the_graph_gives_the_matte_alone(model: Model) -> None:
    made = Graph(Recipe(model, build({}).matting, None, Size(320, 180)))(np.zeros((180, 320, 3), np.uint8), None)
    assert "picture" not in made
    assert made["alpha"].shape == (180, 320)


def test_logits_that_are_no_number_can_be_told(tmp_path: Path) -> None:
    model = write_network(tmp_path, weights=np.nan)
    made = Graph(Recipe(model, build({}).matting, None, Size(320, 180)))(np.zeros((180, 320, 3), np.uint8), None)
    assert not np.isfinite(made["statistics"][1])


def test_a_network_of_another_opset_has_no_graph_form(tmp_path: Path) -> None:
    model = write_network(tmp_path, opset=13)
    with pytest.raises(NoGraphForm, match="opset 13"):
        assemble(Recipe(model, build({}).matting, None, Size(320, 180)))


def test_a_frame_that_grows_one_way_and_shrinks_the_other_has_no_graph_form(model: Model) -> None:
    with pytest.raises(NoGraphForm, match="grows one way"):
        assemble(Recipe(model, build({}).matting, None, Size(4000, 20)))


ON_CUDA = {
    "Abs",
    "Add",
    "And",
    "AveragePool",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "Div",
    "Floor",
    "Gather",
    "Greater",
    "GreaterOrEqual",
    "Identity",
    "LessOrEqual",
    "Max",
    "MaxPool",
    "Mul",
    "Pad",
    "ReduceMean",
    "ReduceSum",
    "Relu",
    "Resize",
    "Round",
    "Sigmoid",
    "Split",
    "Squeeze",
    "Sub",
    "Transpose",
    "Unsqueeze",
    "Where",
}
"""Operators that ONNX Runtime's CUDA provider has in float32 (docs/OperatorKernels.md there)."""


@pytest.mark.parametrize("effect", ["blur", "colour", "transparent"])
def test_all_of_the_graph_can_run_on_cuda_and_be_recorded(effect: str) -> None:
    config = build(EFFECTS[effect])
    recipe = Recipe(best_model("fp16"), config.matting, form_of(open_effect(config)), Size(1919, 1079))
    graph = onnx.load_from_string(assemble(recipe)).graph
    assert {node.op_type for node in graph.node} <= ON_CUDA  # no control flow, nothing that asks for a shape
    takers = {name: node.op_type for node in graph.node for name in node.input}
    makers = {name: node.op_type for node in graph.node for name in node.output}
    eight_bits = [one.name for one in (*graph.input, *graph.output) if one.type.tensor_type.elem_type == 2]
    assert {takers.get(name) or makers.get(name) for name in eight_bits} == {"Cast"}  # as TensorRT wants it
