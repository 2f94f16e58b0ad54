"""The configuration of a training run: one tree of dataclasses = its TOML file = `--set part.key=value`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

_Share = dict[str, float]


def _key(description: str, **limits: Any) -> Meta:
    return Meta(description=description, **limits)


def _share(description: str) -> Meta:
    return Meta(description=description, ge=0, le=1)


@dataclass(frozen=True, slots=True)
class Data:
    """Which pictures."""

    train: Annotated[
        list[str], _key("folders as READER:PATH, relative to the current folder; `pairs` if no reader; split files")
    ] = field(default_factory=list)
    val: Annotated[list[str], _key("the same for validation; empty: a share of train by its hash")] = field(
        default_factory=list
    )
    val_share: Annotated[float, _key("that share", ge=0, le=0.5)] = 0.05
    together: Annotated[
        str, _key("regular expression: names in which it finds the same text come to one side of it; empty: any")
    ] = ""
    rooms: Annotated[list[str], _key("folders of pictures without persons, or split files; empty: no composition")] = (
        field(default_factory=list)
    )
    nobody: Annotated[
        list[str], _key("the same, as natural frames beside the pictures of train: a teacher is asked about them, too")
    ] = field(default_factory=list)
    free: Annotated[
        list[str], _key("sources in whose pictures everybody has a mask: parts with nobody are rooms, of source `free`")
    ] = field(default_factory=list)
    animals: Annotated[list[str], _key("the same with mattes of animals, which stand before persons and are none")] = (
        field(default_factory=list)
    )
    crops: Annotated[
        _Share,
        _key(
            "source -> how many crops of each of its pictures are natural frames, too, of source `crop`; 0.5: of half"
        ),
    ] = field(default_factory=dict)
    weights: Annotated[
        _Share, _key("how often a source of pictures or rooms (a name up to its first dash) is drawn, against 1")
    ] = field(default_factory=dict)
    leave_out: Annotated[
        list[str], _key("sources neither trained on nor validated on, scored at the end: what unseen ones reach")
    ] = field(default_factory=list)
    side_px: Annotated[int, _key("pictures are kept in memory with this long side", ge=64, le=2048)] = 384
    most: Annotated[int, _key("take at most so many pictures, for a trial; 0: all", ge=0)] = 0
    most_val: Annotated[int, _key("validate on at most so many pictures; 0: all", ge=0)] = 0
    keep_on: Annotated[
        Literal["memory", "device"], _key("where pictures lie and frames are composed; device: a GPU with room for all")
    ] = "memory"


@dataclass(frozen=True, slots=True)
class Network:
    """What is trained."""

    architecture: Annotated[
        str,
        _key("NarrowUnetPlusPlus, PlainUnet, or a class of segmentation_models_pytorch"),
    ] = "NarrowUnetPlusPlus"
    encoder: Annotated[str, _key("an encoder of segmentation_models_pytorch; NarrowUnetPlusPlus: resnet18")] = (
        "resnet18"
    )
    encoder_weights: Annotated[str, _key("imagenet (fetched), an .npz or .pt file of the encoder, or empty: none")] = ""
    skips: Annotated[list[int], _key("channels along the skips of NarrowUnetPlusPlus")] = field(
        default_factory=lambda: [16, 32, 48, 96, 160]
    )
    deep_supervision: Annotated[
        bool, _key("train the smaller networks within NarrowUnetPlusPlus too: live-seg export --cut makes them models")
    ] = False
    options: Annotated[dict[str, Any], _key("further arguments of the class")] = field(default_factory=dict)
    start: Annotated[str, _key("a .pt file, or an exported fp16 .onnx, to start from; empty: none")] = ""
    area_px: Annotated[int, _key("a picture is validated at about so many pixels, in its shape", ge=1024)] = 46080


@dataclass(frozen=True, slots=True)
class Compose:
    """How webcam frames are made from portraits: shares of a batch, the rest being persons in rooms; probabilities."""

    natural: Annotated[float, _share("share that is a picture in about its own shape and light")] = 0.2
    reframed: Annotated[float, _share("share that is a picture in a webcam's framing")] = 0.22
    empty: Annotated[float, _share("share that is an empty room")] = 0.06
    whole: Annotated[float, _share("natural frames that show all of the picture; the others are cut a little")] = 0.6
    untouched: Annotated[float, _share("natural frames that the part camera leaves alone, but for half of colour")] = (
        0.65
    )
    joined: Annotated[float, _share("natural frames with one more person in front")] = 0.17
    headless: Annotated[
        float, _share("composed persons, and a third as many of natural frames, that are seen from below the head only")
    ] = 0.0
    alike: Annotated[float, _share("composed frames whose room has the colour of some place of the person")] = 0.0
    tilted: Annotated[float, _share("natural frames that are turned, by 30 degrees at most")] = 0.0
    second: Annotated[float, _share("composed frames with one more person further away")] = 0.25
    third: Annotated[float, _share("of those, with yet one more")] = 0.3
    match_light: Annotated[float, _share("persons that take on the room's light")] = 0.5
    clean_edges: Annotated[float, _share("persons whose edge takes its colours from within")] = 0.7
    held: Annotated[float, _share("frames with something held or worn, which belongs to the person")] = 0.12
    animal: Annotated[float, _share("frames with an animal in front, which is no person; needs data.animals")] = 0.14
    distractors: Annotated[
        float, _share("rooms, and a third as many natural frames, with shapes behind the persons that only stand out")
    ] = 0.3
    clutter: Annotated[float, _share("frames with the same things lying in the room, which do not")] = 0.12


@dataclass(frozen=True, slots=True)
class Camera:
    """What a cheap camera and its connection do to a picture; probabilities a picture."""

    colour: Annotated[float, _key("strength of random gain, white balance, gamma and saturation", ge=0, le=2)] = 1.0
    two_lights: Annotated[float, _share("a second colour of light from one side")] = 0.2
    low_light: Annotated[float, _share("an underexposed frame")] = 0.15
    cast: Annotated[float, _share("a lamp's colour over all, or no colour at all; untouched frames as well")] = 0.0
    blur: Annotated[float, _share("out of focus")] = 0.33
    motion_blur: Annotated[float, _share("moved while exposing")] = 0.17
    noise: Annotated[float, _key("strength of the sensor's noise", ge=0, le=3)] = 1.0
    jpeg: Annotated[float, _share("compressed")] = 0.5


class Phase(Struct, frozen=True, forbid_unknown_fields=True):
    """Some of a run's steps, in which it differs from `train` and `compose`."""

    share: Annotated[float, _share("of the steps")]
    scale: Annotated[float, _key("of the shapes' sides", gt=0, le=4)] = 1.0
    shapes: list[str] = []
    compose: _Share = {}
    learning_rate: Annotated[float, _key("highest of a new cosine that begins here; 0: the old one goes on", ge=0)] = 0


@dataclass(frozen=True, slots=True)
class Train:
    """The loop."""

    steps: Annotated[int, _key("optimiser steps", ge=1)] = 6000
    batch: Annotated[int, _key("pictures a chunk; each chunk is normalised by itself", ge=1)] = 16
    accumulate: Annotated[int, _key("chunks a step on each process", ge=1)] = 1
    shapes: Annotated[list[str], _key("sizes of the batches, drawn in turn by chance")] = field(
        default_factory=lambda: ["288x160"] * 4 + ["256x192", "224x224", "192x256", "160x288"]
    )
    phases: Annotated[
        list[Phase],
        _key(
            "in turn, each {share = of the steps, scale = of the shapes, shapes = [other ones], compose = {keys that "
            "differ}, learning_rate = where a new cosine begins}; after them all is as configured"
        ),
    ] = field(default_factory=list)
    losses: Annotated[_Share, _key("weights of the losses: soft_bce, edge_bce, dice, lovasz, edge_l1")] = field(
        default_factory=lambda: {"edge_bce": 1.0, "dice": 0.5, "edge_l1": 0.5}
    )
    nobody: Annotated[
        float, _key("how much of edge_bce's weight counts in frames in which nobody is, against 1 elsewhere", ge=0)
    ] = 1.0
    optimiser: Annotated[
        Literal["adamw", "muon"],
        _key("adamw, or muon for the convolutions: fewer steps, each of them longer"),
    ] = "adamw"
    learning_rate: Annotated[float, _key("highest", gt=0)] = 1.5e-3
    encoder_rate: Annotated[float, _key("that of the encoder, over the other", gt=0)] = 0.5
    final_rate: Annotated[float, _key("the last learning rate over the highest; a cosine between", ge=0, le=1)] = 0.02
    warm_up: Annotated[int, _key("steps until the highest learning rate", ge=0)] = 200
    weight_decay: Annotated[float, _key("taken from the weights each step, over the learning rate", ge=0)] = 0.02
    clip: Annotated[float, _key("longest gradient", gt=0)] = 1.0
    average: Annotated[float, _key("decay of the average of the weights that is validated and kept", ge=0, lt=1)] = (
        0.999
    )
    validate_every: Annotated[int, _key("steps", ge=1)] = 500
    patience: Annotated[int, _key("stop after so many validations without a better one; 0: never", ge=0)] = 0
    save_every: Annotated[int, _key("steps from one state that can be resumed to the next", ge=1)] = 100
    seed: Annotated[int, _key("same seed, same run", ge=0)] = 1
    precision: Annotated[Literal["32-true", "bf16-mixed"], _key("what is computed in")] = "bf16-mixed"


@dataclass(frozen=True, slots=True)
class Teaching:
    """Another network that teaches, on natural frames; its terms are then the result's, too."""

    model: Annotated[str, _key("an adapter (.json) of docs/evaluation.md; empty: nobody teaches")] = ""
    mattes: Annotated[float, _key("weight of the loss against its mattes, beside train.losses", ge=0)] = 0.5
    least_iou: Annotated[float, _share("its matte counts where it agrees with the picture's mask by so much")] = 0.85
    tensors: Annotated[
        list[str], _key("of its graph: what it sees on the way, which our encoder has to be able to tell, too")
    ] = field(default_factory=list)
    features: Annotated[float, _key("weight of the loss against them", ge=0)] = 0.4


@dataclass(frozen=True, slots=True)
class Machine:
    """What trains."""

    accelerator: Annotated[Literal["auto", "cpu", "cuda"], _key("cpu, cuda, or the GPU if there is one")] = "auto"
    devices: Annotated[int, _key("processes on each machine", ge=1)] = 1
    machines: Annotated[int, _key("how many, started with torchrun's environment", ge=1)] = 1
    threads: Annotated[int, _key("of torch in each process; 0: its own choice", ge=0)] = 0


@dataclass(frozen=True, slots=True)
class Log:
    """What is kept."""

    folder: Annotated[str, _key("runs are its expN")] = "experiments"
    every: Annotated[int, _key("steps a line of the log", ge=1)] = 20
    tensorboard: Annotated[bool, _key("write event files for TensorBoard")] = True
    wandb: Annotated[Literal["off", "offline", "online"], _key("Weights & Biases; offline needs no account")] = "off"
    onnx: Annotated[bool, _key("write weights.onnx at the end")] = True


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All of it."""

    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    compose: Compose = field(default_factory=Compose)
    camera: Camera = field(default_factory=Camera)
    train: Train = field(default_factory=Train)
    teaching: Teaching = field(default_factory=Teaching)
    machine: Machine = field(default_factory=Machine)
    log: Log = field(default_factory=Log)
