"""What can be measured: a model of ours through the `Matter`, or a network of somebody else through its adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from live_seg.config import Config
from live_seg.engines import engines
from live_seg.errors import UsageError
from live_seg.evaluation.adapter import read_adapter
from live_seg.evaluation.peer import Peer
from live_seg.frame import Alpha, Frame, Image, Size
from live_seg.matting import Matter
from live_seg.matting.still import StillMatter
from live_seg.models import Model, Network, find_model

_PHOTO, _MIRRORED = "photo:", "mirrored:"


class Candidate(Protocol):
    """Something that makes mattes.

    Attributes
    ----------
    name
        What it is called in tables.
    """

    name: str

    def still(self, image: Image) -> Alpha:
        """Matte, uint8 (H, W), of a single picture, uint8 (H, W, 3) BGR, that has no past."""

    def frame(self, image: Image) -> Alpha:
        """Matte of the next frame of a clip."""

    def reset(self) -> None:
        """The next frame is the first of a clip."""

    def close(self) -> None:
        """Releases what it holds; may be called twice."""


class OwnModel:
    """A model with our input rule, exactly as the live loop uses it: the same `Matter`, its refinement and steadying.

    Parameters
    ----------
    model
        Row of the registry, or of a file.
    config
        Parts `engine` and `matting` are used; the engine `auto` is the CPU's reference, "cpu".
    """

    def __init__(self, model: Model, config: Config) -> None:
        self.name = model.name
        self._model = model
        self._config = config
        self._engine = _engine(config)
        self._networks: dict[Size, Network] = {}
        self._matters: dict[Size, Matter] = {}

    def still(self, image: Image) -> Alpha:
        """Matte of a single picture."""
        self.reset()
        return self.frame(image)

    def frame(self, image: Image) -> Alpha:
        """Matte of the next frame of a clip."""
        # A session for each input size stays loaded: pictures of a folder have many shapes, in any order.
        size = self._model.input_size(Size.of(image))
        if size not in self._matters:
            self._networks[size] = Network(self._model, self._engine, self._config.engine)
            self._matters[size] = Matter(self._networks[size], self._config.matting)
        return self._matters[size](Frame(image, 0, 0.0)).alpha

    def reset(self) -> None:
        """The next frame is the first of a clip."""
        for matter in self._matters.values():
            matter.reset()

    def close(self) -> None:
        """Releases the sessions."""
        while self._networks:
            self._networks.popitem()[1].close()
        self._matters.clear()


class PhotoModel:
    """A model of ours as photos are cut: a second look at a small subject, edges at full size."""

    def __init__(self, model: Model, config: Config) -> None:
        self.name = f"{_PHOTO}{model.name}"
        self._matter = StillMatter(Network(model, _engine(config), config.engine))

    def still(self, image: Image) -> Alpha:
        """Matte of a single picture."""
        return self._matter(Frame(image, 0, 0.0)).alpha

    def frame(self, image: Image) -> Alpha:
        """Matte of a frame, which has no past here."""
        return self.still(image)

    def reset(self) -> None:
        """There is no past."""

    def close(self) -> None:
        """Releases the network."""
        self._matter.close()


class MirroredCandidate:
    """Another one that is shown mirror images; its mattes are mirrored back.

    A network that was trained on both is as good on both. Weights that were chosen by a set of pictures are better on
    it than on its mirror images, and where a network is unsure, the two mattes differ.
    """

    def __init__(self, candidate: Candidate) -> None:
        self.name = f"{_MIRRORED}{candidate.name}"
        self._candidate = candidate
        self.reset, self.close = candidate.reset, candidate.close

    def still(self, image: Image) -> Alpha:
        """Matte of a single picture."""
        return _flipped(self._candidate.still(_flipped(image)))

    def frame(self, image: Image) -> Alpha:
        """Matte of the next frame of a clip."""
        return _flipped(self._candidate.frame(_flipped(image)))


def _flipped(pixels: Image | Alpha) -> Image:
    return np.asarray(cv2.flip(pixels, 1), np.uint8)


def single_looks(name: str) -> list[str]:
    """Candidates that look once, at the picture or its mirror image, other than this one: what its matte is made of."""
    once = name.removeprefix(_MIRRORED).removeprefix(_PHOTO)
    return [look for look in (once, f"{_MIRRORED}{once}") if look != name]


def open_candidate(name: str, config: Config) -> Candidate:
    """Candidate for a name of the registry, an .onnx file, an adapter's .json file, or "mask-rcnn".

    An .onnx file with an adapter of the same name beside it is read by that. "photo:" before a model of ours measures
    it as photos are cut, "mirrored:" before anything else shows it mirror images; a photo is looked at from both sides.

    Raises
    ------
    UsageError
        If there is none of these.
    EngineError
        If it cannot be loaded.
    """
    if name.startswith(f"{_MIRRORED}{_PHOTO}"):
        raise UsageError(f"{name} sees what {_PHOTO} alone does: both sides", f"Give {single_looks(name)[1]}.")
    if name.startswith(_MIRRORED):
        return MirroredCandidate(open_candidate(name.removeprefix(_MIRRORED), config))
    if name == "mask-rcnn":
        from live_seg.evaluation.mask_rcnn import MaskRcnn  # torch and torchvision: only when asked for

        return MaskRcnn()
    if name.startswith(_PHOTO):
        return PhotoModel(_row(name.removeprefix(_PHOTO), config), config)
    file = Path(name).expanduser()
    if file.suffix == ".json":
        return Peer(read_adapter(file), config.engine.threads or 1)
    if file.suffix == ".onnx" and file.with_suffix(".json").is_file():
        return Peer(read_adapter(file.with_suffix(".json")), config.engine.threads or 1)
    return OwnModel(_row(name, config), config)


def find_candidates(names: list[str], config: Config) -> list[Candidate]:
    """Candidates for names as in `open_candidate`; a folder stands for all adapters in it, by name.

    Raises
    ------
    UsageError
        If a folder holds no adapter, or one name comes twice.
    """
    found: list[Candidate] = []
    for name in names:
        folder = Path(name).expanduser()
        if folder.is_dir():
            adapters = [file for file in sorted(folder.glob("*.json")) if file.with_suffix(".onnx").is_file()]
            if not adapters:
                raise UsageError(f"{folder} holds no adapter", "An adapter is NAME.json beside NAME.onnx.")
            found += [open_candidate(str(file), config) for file in adapters]
        else:
            found.append(open_candidate(name, config))
    names_found = [candidate.name for candidate in found]
    twice = {name for name in names_found if names_found.count(name) > 1}
    if twice:
        raise UsageError(f"{', '.join(sorted(twice))} is to be measured twice", "Name each model once.")
    return found


def _engine(config: Config) -> str:
    return "cpu" if config.engine.name == "auto" else config.engine.name


def _row(name: str, config: Config) -> Model:
    return find_model(name, engines.get(_engine(config)).precision)
