"""Networks by name, with the weights that they start from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import segmentation_models_pytorch as smp
import torch
from torch import Tensor, nn

from live_seg.errors import UsageError, unknown
from live_seg.exporting.checkpoint import read_weights
from live_seg.exporting.network import NarrowUnetPlusPlus
from live_seg.exporting.restore import restore
from live_seg.training.config import Network
from live_seg.training.plain_unet import PlainUnet

NARROW = "NarrowUnetPlusPlus"
PLAIN = "PlainUnet"
FOREIGN = (
    "DeepLabV3",
    "DeepLabV3Plus",
    "FPN",
    "Linknet",
    "MAnet",
    "PAN",
    "Segformer",
    "UPerNet",
    "Unet",
    "UnetPlusPlus",
)
"""Classes of segmentation_models_pytorch."""

State = dict[str, Tensor]


def build_network(config: Network) -> tuple[nn.Module, str]:
    """Network of a configuration, and a line on where its encoder's weights come from.

    Raises
    ------
    UsageError
        If a name is unknown, or a file does not fit.
    """
    network = _made(config)
    if config.start:  # it brings an encoder: none is fetched
        _load_start(network, Path(config.start).expanduser())
        return network, f"starts from {config.start}"
    return network, _load_encoder(network, config)


def unweighted(config: Network) -> Network:
    """The same network without the weights that it starts from: a run that goes on has its own."""
    return replace(config, start="", encoder_weights="")


def _made(config: Network) -> nn.Module:
    try:
        return _of_class(config)
    except (TypeError, ValueError, KeyError, RuntimeError) as error:  # as the classes themselves refuse arguments
        raise UsageError(f"{config.architecture} with {config.encoder} cannot be made: {error}") from None


def _of_class(config: Network) -> nn.Module:
    if config.architecture == NARROW:
        if config.encoder != "resnet18":
            raise UsageError(f"{NARROW} has no encoder {config.encoder!r}", "Its encoder is resnet18.")
        return NarrowUnetPlusPlus(config.skips, deep_supervision=config.deep_supervision, **config.options)
    if config.deep_supervision:
        raise UsageError(f"{config.architecture} has no deep supervision", f"Only {NARROW} has.")
    if config.architecture == PLAIN:
        return PlainUnet(**config.options)
    if config.architecture not in FOREIGN:
        raise unknown("architecture", config.architecture, [NARROW, PLAIN, *FOREIGN])
    encoders = smp.encoders.get_encoder_names()
    if config.encoder not in encoders and not config.encoder.startswith(("tu-", "timm-")):
        raise unknown("encoder", config.encoder, encoders)
    network: nn.Module = getattr(smp, config.architecture)(config.encoder, encoder_weights=None, **config.options)
    return network


def _load_encoder(network: nn.Module, config: Network) -> str:
    weights = config.encoder_weights
    if config.architecture == PLAIN:
        return "the network starts from chance"
    if not weights:
        return "the encoder starts from chance"
    if weights == "imagenet":
        try:
            state = smp.encoders.get_encoder(config.encoder, weights="imagenet").state_dict()
        except Exception as error:  # noqa: BLE001  # whatever the download raises: it is said, and the run goes on
            first = (str(error).splitlines() or [type(error).__name__])[0]
            return f"ImageNet weights of {config.encoder} cannot be had ({first[:120]}): the encoder starts from chance"
        network.encoder.load_state_dict(state)  # type: ignore[union-attr]
        return f"the encoder starts from ImageNet weights of {config.encoder}"
    file = Path(weights).expanduser()
    encoder = network.encoder
    assert isinstance(encoder, nn.Module)
    own = encoder.state_dict()
    given = _encoder_state(file)
    fitting = {
        name: one.to(own[name].dtype) for name, one in given.items() if name in own and one.shape == own[name].shape
    }
    if not fitting:
        raise UsageError(f"{file} has no weight of {config.encoder}", "Its keys are those of smp's encoder.")
    encoder.load_state_dict(fitting, strict=False)
    return f"the encoder starts from {file.name} ({len(fitting)} of {len(own)} arrays)"


def _encoder_state(file: Path) -> State:
    if file.suffix != ".npz":
        return read_weights(file)
    try:
        with np.load(file) as arrays:
            return {name: torch.from_numpy(np.array(arrays[name])) for name in arrays.files}
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read as an .npz file: {error}") from None


def _load_start(network: nn.Module, file: Path) -> None:
    state = restore(file).state_dict() if file.suffix == ".onnx" else read_weights(file)
    own = network.state_dict()
    new_heads = {name: own[name] for name in own if name.startswith("cut_heads.") and name not in state}
    try:
        network.load_state_dict({**new_heads, **state})
    except RuntimeError as error:
        first = [*str(error).splitlines(), ""][1].strip()
        raise UsageError(
            f"{file} does not fit this network: {first[:200]}", "Compare network.* with its run."
        ) from None
