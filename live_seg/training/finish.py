"""What a run leaves: the best weights as .pt and .onnx, scores, curves, overlays."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from live_seg.evaluation.score import Score, mean, means_by
from live_seg.evaluation.sheet import write_picture
from live_seg.exporting.checkpoint import read_weights
from live_seg.exporting.gate import ExportRefused
from live_seg.exporting.graph import INPUT, OPSET, OUTPUT, SIDES, to_onnx
from live_seg.exporting.network import CUTS, Cut
from live_seg.training.config import TrainConfig
from live_seg.training.curves import draw_curves
from live_seg.training.data import Samples
from live_seg.training.experiment import WEIGHTS, read_rows, write_metrics
from live_seg.training.validate import overlays, validate
from live_seg.writing import write_whole


def finish(network: nn.Module, config: TrainConfig, samples: Samples, folder: Path, done_s: float) -> dict[str, Any]:
    """Scores the best weights of a run on all validation pictures and writes everything into its folder.

    Parameters
    ----------
    network
        Of the run; holds the best weights afterwards.
    config, samples, folder
        Of the run.
    done_s
        Seconds that it took since it was last started.

    Returns
    -------
    dict
        What is in metrics.json.
    """
    network.load_state_dict(read_weights(folder / WEIGHTS))
    network.eval()
    scores = validate(network, samples.val, config.network.area_px)
    rows = read_rows(folder)
    metrics: dict[str, Any] = {
        "steps": int(rows[-1]["step"]) if rows else 0,
        "seconds": round(done_s, 1),
        "parameters": sum(one.numel() for one in network.parameters()),
        "pictures": {"train": len(samples.train), "val": len(samples.val), "split": samples.hash},
        "val": mean(scores),
        "val_sources": _by_source(scores),
        "left_out": _by_source(validate(network, samples.left_out, config.network.area_px)),
    }
    if config.network.deep_supervision:
        area_px = config.network.area_px
        metrics["cuts"] = {number: mean(validate(Cut(network, number), samples.val, area_px)) for number in CUTS}
    if config.log.onnx:
        metrics["onnx"] = _write_onnx(network, folder / "weights.onnx")
    draw_curves(rows, folder / "curves.png")
    sheet = overlays(network, samples.val, config.network.area_px)
    if sheet is not None:
        write_picture(sheet, folder / "overlays.jpg")
    write_metrics(folder, metrics)
    return metrics


def _by_source(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    return means_by(scores, lambda score: score.source)


def _write_onnx(network: nn.Module, file: Path) -> str:
    """Writes the network in float32; says whether every engine takes it."""
    network = network.cpu()
    try:
        write_whole(file, to_onnx(network).SerializeToString())
    except ExportRefused as refused:
        _export_plainly(network, file)
        return f"written, but not for every engine: {refused.what}"
    return "written"


def _export_plainly(network: nn.Module, file: Path) -> None:
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="live-seg-") as folder:
        made = Path(folder) / file.name
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, 160, 288),),
            made,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={name: {2: SIDES[0], 3: SIDES[1]} for name in (INPUT, OUTPUT)},
            opset_version=OPSET,
            dynamo=False,
        )
        write_whole(file, made.read_bytes())
