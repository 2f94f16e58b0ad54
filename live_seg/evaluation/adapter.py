"""The small file that says how somebody else's ONNX network is fed and read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from live_seg.errors import UsageError

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class State:
    """A recurrent state: the input it goes into, the output it comes from, its shape; zeros at first."""

    input: str
    output: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Adapter:
    """How a network is fed and read.

    Attributes
    ----------
    name
        What it is called in tables.
    file
        The .onnx file.
    input, output
        Names in the graph.
    height, width
        Size of the input, in pixels.
    layout
        Order of the input's and output's dimensions; one picture at a time.
    order
        Order of the colours.
    mean, std
        A pixel of 0..255, less `mean`, over `std`, is the input.
    activation
        What makes the output a matte of 0..1: sigmoid, softmax over the channels, or nothing.
    channel
        Channel of the person.
    fit
        stretch the picture to the input, or pad it with grey to keep its shape.
    states
        Recurrent states.
    """

    name: str
    file: Path
    input: str
    output: str
    height: int
    width: int
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    order: Literal["RGB", "BGR"] = "RGB"
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (255.0, 255.0, 255.0)
    activation: Literal["none", "sigmoid", "softmax"] = "none"
    channel: int = 0
    fit: Literal["stretch", "pad"] = "stretch"
    states: tuple[State, ...] = field(default=())


def read_adapter(file: Path) -> Adapter:
    """Adapter of a .json file; its key `onnx` names the network beside it.

    Raises
    ------
    UsageError
        If the file cannot be read, a key is missing, unknown or wrong, or the network is not there.
    """
    try:
        read = msgspec.json.decode(file.read_bytes(), type=_AdapterFile)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", "Give an adapter's .json file: docs/evaluation.md shows one."
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is no adapter: {error}", "docs/evaluation.md shows the form of an adapter.") from None
    network = file.parent / read.onnx
    if not network.is_file():
        raise UsageError(f"{file} names {read.onnx}, which is not beside it")
    return Adapter(
        name=read.name or file.stem,
        file=network,
        input=read.input,
        output=read.output,
        height=read.size[0],
        width=read.size[1],
        layout=read.layout,
        order=read.order,
        mean=read.mean,
        std=read.std,
        activation=read.activation,
        channel=read.channel,
        fit=read.fit,
        states=tuple(State(state.input, state.output, state.shape) for state in read.states),
    )


class _StateFile(msgspec.Struct, forbid_unknown_fields=True):
    input: str = msgspec.field(name="in")
    output: str = msgspec.field(name="out")
    shape: tuple[int, ...] = ()


class _AdapterFile(msgspec.Struct, forbid_unknown_fields=True):
    onnx: str
    input: str
    output: str
    size: tuple[Annotated[int, Meta(gt=0)], Annotated[int, Meta(gt=0)]]
    name: str = ""
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    order: Literal["RGB", "BGR"] = "RGB"
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (255.0, 255.0, 255.0)
    activation: Literal["none", "sigmoid", "softmax"] = "none"
    channel: int = 0
    fit: Literal["stretch", "pad"] = "stretch"
    states: list[_StateFile] = []
