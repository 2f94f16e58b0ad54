"""Reads a checkpoint: a state dict, a dict that holds one, or a model file that was exported before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import segmentation_models_pytorch as smp
import torch
from torch import Tensor, nn

from live_seg.errors import UsageError
from live_seg.exporting.network import NarrowUnetPlusPlus
from live_seg.exporting.restore import restore

WEIGHTS = ("ema", "weights", "state_dict", "model")
"""Keys under which a training checkpoint may keep its weights; the first that is there is taken."""


def load_checkpoint(file: Path) -> nn.Module:
    """Network of a checkpoint, with its weights, in float32 and ready to infer.

    Which network it is shows in the weights: a resnet18 Unet++ with narrow skips of any width, or the plain one
    of segmentation-models-pytorch. An .onnx file is one that `export` made in fp16.

    Raises
    ------
    UsageError
        If it cannot be read, or belongs to another network.
    """
    if file.suffix.lower() == ".onnx":
        return restore(file)
    return network_of(read_weights(file), file)


def network_of(state: Mapping[str, Tensor], file: Path) -> nn.Module:
    """Network for weights, ready to infer; `file` is where they come from.

    Raises
    ------
    UsageError
        If they belong to another network.
    """
    network = _made_for(state, file)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise UsageError(f"{file} does not fit a resnet18 Unet++: {first[:200]}", "Was it cut short?") from None
    return network.eval()


def read_weights(file: Path) -> dict[str, Tensor]:
    """Weights of a checkpoint by their names, in float32; the averaged ones where it holds several.

    Raises
    ------
    UsageError
        If it cannot be read, or holds none.
    """
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UsageError(f"there is no checkpoint {file}") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except Exception:  # noqa: BLE001  # of other files anything; torch's advice would be to run what is in them
        raise UsageError(
            f"{file} is no checkpoint, is broken, or holds more than weights",
            "Give a .pt file written by live-seg train.",
        ) from None
    found = content if isinstance(content, dict) else {}
    inner = next((found[key] for key in WEIGHTS if isinstance(found.get(key), dict)), found)
    if not inner or not all(isinstance(value, Tensor) for value in inner.values()):
        raise UsageError(f"{file} holds no weights", f"They are the file itself, or lie under {', '.join(WEIGHTS)}.")
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in inner.items()}


def _made_for(state: Mapping[str, Tensor], file: Path) -> nn.Module:
    """The narrow or the plain Unet++, as wide as the weights."""
    try:
        decoder = tuple(_channels(state[f"decoder.blocks.x_0_{level}.conv2.0.weight"]) for level in range(5))
        if "narrow.0.0.weight" in state:
            skips = tuple(_channels(state[f"narrow.{level}.0.weight"]) for level in range(5))
            return NarrowUnetPlusPlus(skips, decoder, deep_supervision="cut_heads.0.weight" in state)
        plain: nn.Module = smp.UnetPlusPlus("resnet18", encoder_weights=None, decoder_channels=decoder)
        return plain
    except KeyError as error:
        raise UsageError(
            f"{file} does not fit a resnet18 Unet++: it has no {error.args[0]}",
            "Other networks cannot be exported yet.",
        ) from None


def _channels(weight: Tensor) -> int:
    return int(weight.shape[0])
