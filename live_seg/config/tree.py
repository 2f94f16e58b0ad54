"""One tree of dataclasses = the TOML file = the command line = a page's controls.

Every key has its unit in its name, its default here, and its range and description in the annotation:
`configs/live.toml`, `--set part.key=value` and the options' help are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from msgspec import Meta


def _key(description: str, **limits: Any) -> Meta:
    return Meta(description=description, **limits)


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from."""

    camera: Annotated[
        str,
        _key("0, /dev/video2, part of a name, a video or picture file, demo, synthetic; auto: a camera or demo"),
    ] = "auto"
    size: Annotated[
        str,
        _key(
            "size asked of a camera, like 1280x720; what it really gives is printed",
            pattern=r"^[1-9]\d{0,3}x[1-9]\d{0,3}$",
        ),
    ] = "1280x720"
    fps: Annotated[
        float, _key("frames a second asked of a camera, or made of a picture, demo and synthetic", gt=0, le=240)
    ] = 30.0
    mirror: Annotated[bool, _key("swap left and right")] = False
    timeout_ms: Annotated[int, _key("a camera silent for this long counts as lost", ge=100, le=600_000)] = 3000
    reopen: Annotated[bool, _key("open a lost camera again, with growing pauses; otherwise end")] = True


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the network."""

    name: Annotated[str, _key("auto, cpu, openvino, cuda, tensorrt")] = "auto"
    model: Annotated[
        str, _key("person, a name of `live-seg models`, or an .onnx file; auto: person, as suits the engine")
    ] = "auto"
    threads: Annotated[
        int,
        _key(
            "threads for the network, and OpenCV's above 1920x1080; 0: one a core, at most 4 for the network",
            ge=0,
            le=256,
        ),
    ] = 0
    device: Annotated[int, _key("which GPU, from 0", ge=0)] = 0
    fused: Annotated[
        Literal["gpu", "always", "never"],
        _key("where one graph makes the whole picture: on cuda and tensorrt, on cpu too (slower there), or never"),
    ] = "gpu"


@dataclass(frozen=True, slots=True)
class Matting:
    """From the network's small output to a matte at the frame's size."""

    steady: Annotated[
        float, _key("how much small changes from frame to frame are smoothed: 0 none, 1 most", ge=0, le=1)
    ] = 0.5
    sure: Annotated[
        float,
        _key("other patches stay where the network is so sure of them, as a share of the largest; 0: all", ge=0, le=1),
    ] = 0.92
    refine: Annotated[Literal["guided", "bilinear"], _key("how the matte is enlarged")] = "guided"
    radius_px: Annotated[int, _key("radius of the guided enlargement, in the network's pixels", ge=1, le=16)] = 3


@dataclass(frozen=True, slots=True)
class Gate:
    """When the network need not look: while nothing moves (live_seg/live/gate.py). Files are not gated."""

    on: Annotated[bool, _key("keep the last matte while the picture differs by nothing but noise")] = True
    refresh_ms: Annotated[float, _key("the network looks at least this often all the same", ge=100, le=60_000)] = 1000.0


@dataclass(frozen=True, slots=True)
class Governor:
    """Keeps to a frame rate and a share of the processor (live_seg/live/governor.py). Not for files."""

    target_fps: Annotated[
        float,
        _key("look less often, or less closely, to make so many pictures a second; 0: as the source", ge=0, le=240),
    ] = 0.0
    max_cpu_percent: Annotated[
        float, _key("the same, to take no more of the cores that this program may use; 100: all", ge=5, le=100)
    ] = 100.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the room."""

    name: Annotated[str, _key("blur, replace, transparent, or one that another package brings")] = "blur"
    options: Annotated[dict[str, Any], _key("for effects of other packages: their own keys")] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class Blur:
    """The effect `blur`."""

    radius_px: Annotated[float, _key("standard deviation at 720 lines; other sizes in proportion", ge=1, le=200)] = 16.0


@dataclass(frozen=True, slots=True)
class Replace:
    """The effect `replace`."""

    background: Annotated[str, _key("a picture, a video (loops at its own speed), or a colour like #00b140")] = (
        "#00b140"
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """When the room must not be shown (live_seg/live/guard.py)."""

    max_age_ms: Annotated[float, _key("a matte older than this shows nothing of the frame", ge=1, le=600_000)] = 300.0
    empty_ms: Annotated[
        float, _key("how long a matte that is suddenly empty, or full, is not believed", ge=0, le=60_000)
    ] = 500.0
    hide: Annotated[Literal["blur", "card"], _key("what is shown instead: the frame beyond recognition, or a card")] = (
        "blur"
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The window on this screen."""

    show: Annotated[bool, _key("open a window")] = True
    statistics: Annotated[bool, _key("draw frame rate, delay, drops and the engine into the window")] = False


@dataclass(frozen=True, slots=True)
class VirtualCamera:
    """The camera that video calls can choose."""

    show: Annotated[bool, _key("send to the virtual camera")] = False
    device: Annotated[str, _key("its device, like /dev/video9; empty: the first one found")] = ""
    size: Annotated[
        str,
        _key("its size for the whole run; empty: that of the first picture", pattern=r"^([1-9]\d{0,3}x[1-9]\d{0,3})?$"),
    ] = ""


@dataclass(frozen=True, slots=True)
class Output:
    """The file that is written."""

    file: Annotated[
        str, _key("mp4, mkv (H.264), mov, webm (these two hold alpha), png; out-%04d.png numbers; empty: none")
    ] = ""
    quality_crf: Annotated[int, _key("H.264 and VP9 constant rate factor: less is better and larger", ge=0, le=51)] = 18
    sound: Annotated[bool, _key("keep the sound of a video that is read")] = True
    also: Annotated[list[str], _key("sinks of other packages, by their names")] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """When to pause and to stop; 0 means never."""

    paused: Annotated[bool, _key("show a card instead of the camera")] = False
    seconds: Annotated[float, _key("stop after so many seconds of pictures", ge=0, le=1e9)] = 0.0
    frames: Annotated[int, _key("stop after so many frames", ge=0)] = 0


@dataclass(frozen=True, slots=True)
class Config:
    """All of it."""

    source: Source = field(default_factory=Source)
    engine: Engine = field(default_factory=Engine)
    matting: Matting = field(default_factory=Matting)
    gate: Gate = field(default_factory=Gate)
    governor: Governor = field(default_factory=Governor)
    effect: Effect = field(default_factory=Effect)
    blur: Blur = field(default_factory=Blur)
    replace: Replace = field(default_factory=Replace)
    guard: Guard = field(default_factory=Guard)
    window: Window = field(default_factory=Window)
    virtual_camera: VirtualCamera = field(default_factory=VirtualCamera)
    output: Output = field(default_factory=Output)
    run: Run = field(default_factory=Run)
