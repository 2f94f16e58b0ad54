"""The whole export: a checkpoint in, checked model files and their rows out; or an error, and nothing changed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Sample
from live_seg.exporting.calibration import Tell, inputs, sample, several_shapes
from live_seg.exporting.checkpoint import load_checkpoint
from live_seg.exporting.gate import Measured, check_quality
from live_seg.exporting.graph import to_onnx
from live_seg.exporting.half import to_half
from live_seg.exporting.int8 import to_int8
from live_seg.exporting.network import Cut
from live_seg.exporting.parity import check_parity, onnx_run
from live_seg.exporting.registry_file import REGISTRY, rendered, updated
from live_seg.exporting.validation import measure
from live_seg.models import Model, Quality
from live_seg.models.store import checksum, read_rows

PARITY_INPUTS = 8

PRECISIONS = ("int8", "fp16")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to export.

    Attributes
    ----------
    checkpoint
        The .pt file.
    out
        Folder of the model files and of registry.toml.
    name
        The files are NAME-fp16.onnx and NAME-int8.onnx, the rows NAME-fp16 and NAME-int8.
    calibrate
        Pictures for int8; a seeded sample of them is taken.
    validate
        Pairs for the gate.
    data
        What `validate` is called in the rows.
    command, date
        As they stand in the rows.
    area_px, gpu_area_px
        Input area of the int8 and of the fp16 row.
    logit_gain, description, training_data, terms
        As in `Model`; None keeps what the present row of that name says.
    precisions
        Those of `PRECISIONS` that are wanted.
    cut
        Which smaller network within is exported (see `Cut`); 0: all of it.
    """

    checkpoint: Path
    out: Path
    name: str
    calibrate: Sequence[Path]
    validate: Sequence[Sample]
    data: str
    command: str
    date: str
    area_px: int
    gpu_area_px: int
    logit_gain: float | None = None
    description: str | None = None
    training_data: str | None = None
    terms: str | None = None
    precisions: Sequence[str] = PRECISIONS
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """What came out: the rows that were written, and the differences that were found."""

    rows: tuple[Model, ...]
    parity: float
    reference: Measured
    lost_points: dict[str, float]


def export(plan: Plan, tell: Tell) -> Exported:
    """Makes both files, checks them, and only then puts them and their rows in place.

    Raises
    ------
    UsageError
        If the checkpoint or a picture cannot be read.
    ExportRefused
        If a file does not pass; nothing is written.
    """
    if not plan.calibrate or not plan.validate:
        raise UsageError("there is no picture to calibrate or to validate with")
    cpu, gpu = _row(plan, "int8", plan.area_px), _row(plan, "fp16", plan.gpu_area_px)
    network = load_checkpoint(plan.checkpoint)
    network = Cut(network, plan.cut).eval() if plan.cut else network
    single = to_onnx(network)
    blobs = inputs(sample(plan.calibrate), cpu)
    parity = check_parity(network, single, several_shapes(blobs, PARITY_INPUTS))
    tell("comparing with torch", PARITY_INPUTS, PARITY_INPUTS)
    reference = measure(onnx_run(single), cpu, plan.validate, tell, "measuring fp32")
    made: list[tuple[Model, onnx.ModelProto, Measured]] = []
    lost = {}
    for precision in plan.precisions:
        row, model = (cpu, to_int8(single, blobs, tell)) if precision == "int8" else (gpu, to_half(single))
        measured = measure(onnx_run(model), cpu, plan.validate, tell, f"measuring {precision}")
        lost[precision] = check_quality(precision, reference, measured)
        # Compared at the CPU's size; the row says how good it is at its own, and with its own gain.
        if (row.area_px, row.logit_gain) != (cpu.area_px, cpu.logit_gain):
            measured = measure(onnx_run(model), row, plan.validate, tell, f"measuring {precision} as it will be")
        made.append((row, model, measured))
    return Exported(_publish(plan, made), parity, reference, lost)


def _row(plan: Plan, precision: str, area_px: int) -> Model:
    """The row as it will be, but for its file: what the plan leaves open is kept from the present row."""
    name = f"{plan.name}-{precision}"
    empty = Model(name=name, file=plan.out / f"{name}.onnx", precision=precision)
    present = next((row for row in _rows(plan.out) if row.name == name), empty)
    named = {key: getattr(plan, key) for key in ("logit_gain", "description", "training_data", "terms")}
    given = {key: value for key, value in named.items() if value is not None}
    return replace(present, file=empty.file, precision=precision, area_px=area_px, **given)


def _publish(plan: Plan, made: Sequence[tuple[Model, onnx.ModelProto, Measured]]) -> tuple[Model, ...]:
    """Puts files and rows in place, the rows last: until then the old registry stands beside what it describes."""
    rows = []
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export.part.", dir=plan.out) as folder:
            parts = []
            for row, model, measured in made:
                part = Path(folder) / row.file.name
                onnx.save(model, part)
                parts.append((part, row.file))
                data = f"{plan.data}, {measured.pictures} pictures, enlarged bilinearly"
                quality = Quality(data, round(measured.iou, 4), round(measured.mad, 4), plan.command, plan.date)
                rows.append(replace(row, sha256=checksum(part), bytes=part.stat().st_size, quality=(quality,)))
            # On a full disk the rows must not be what has no room any more, when the files are in place.
            registry = Path(folder) / REGISTRY
            registry.write_bytes(rendered(updated(_rows(plan.out), rows)))
            for part, file in (*parts, (registry, plan.out / REGISTRY)):
                part.replace(file)
    except OSError as error:
        raise UsageError(
            f"{plan.out} cannot be written: {error.strerror}",
            "Nothing was changed; make room.",
        ) from None
    return tuple(rows)


def _rows(folder: Path) -> tuple[Model, ...]:
    """Rows of the folder that is written to; none while it has no registry."""
    return read_rows(folder) if (folder / REGISTRY).exists() else ()
