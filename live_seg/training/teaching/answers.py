"""What a teacher says of every picture of a bank; asked once, kept on disk."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from live_seg.errors import UsageError
from live_seg.evaluation.metrics import binary, iou
from live_seg.frame import Image
from live_seg.training.compose.bank import Bank
from live_seg.training.compose.framing import Origin
from live_seg.training.compose.sampling import plane, sample
from live_seg.training.teaching.teacher import Teacher

_LOOKS_EVERY_S = 0.5
_SPREAD_FROM = 200
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Answers:
    """Of a bank of N pictures, in its order.

    Attributes
    ----------
    mattes
        uint8 (N, 1, side, side), lying in the square as the bank's alphas do.
    agreements
        float (N,): IoU of the teacher's mask with the bank's.
    places
        float (N, 4): `Place` of each picture.
    tensors
        Each float16 (N, C, h, w).
    means, spreads
        Of each tensor, float (C,): over all cells of some pictures.
    """

    mattes: Tensor
    agreements: Tensor
    places: Tensor
    tensors: list[Tensor]
    means: list[Tensor]
    spreads: list[Tensor]

    def matte(self, origin: Origin) -> Tensor:
        """The teacher's mattes of frames, float (n, 1, H, W) in 0..1."""
        read = sample(self.mattes, origin.which.cpu(), origin.x.cpu(), origin.y.cpu(), origin.shrunk.cpu())
        return read.to(origin.x.device)

    def standardised(self, number: int, origin: Origin, stride: int) -> Tensor:
        """Tensor `number` of frames, float (n, C, H / stride, W / stride), at mean 0 and spread 1 of each channel."""
        x, y = (functional.avg_pool2d(one[:, None], stride)[:, 0].cpu() for one in (origin.x, origin.y))
        index = origin.which.cpu()
        across, left, down, top = (plane(one) for one in self.places[index].unbind(1))
        where = torch.stack([(x + 0.5) * across + left, (y + 0.5) * down + top], -1)
        read = functional.grid_sample(
            self.tensors[number][index].float(), where, mode="bilinear", padding_mode="border", align_corners=False
        )
        mean, spread = (one[number].view(1, -1, 1, 1) for one in (self.means, self.spreads))
        return ((read - mean) / spread).to(origin.x.device)


def ask_once(teacher: Teacher, bank: Bank, folder: Path, said: Callable[[str], None], waits: bool = False) -> Answers:
    """The teacher's answers, from the disk if it was asked the same before.

    Parameters
    ----------
    teacher
        Shows the tensors.
    bank
        Pictures, in memory.
    folder
        Keeps answers, each set in a folder of its own, not packed: a byte a pixel of the bank's squares for the mattes,
        two a number of the tensors.
    said
        Hears how far it is.
    waits
        Another process on this machine asks: this one waits for it.

    Raises
    ------
    UsageError
        If the answers cannot be written.
    EngineError
        If the teacher fails.
    """
    kept = folder / f"answers-{_key(teacher, bank)[:16]}"
    while waits and not kept.is_dir():
        time.sleep(_LOOKS_EVERY_S)  # for many minutes: longer than a barrier of torch.distributed holds
    if not kept.is_dir():
        _ask(teacher, bank, kept, said)
    shapes = [tuple(map(int, line.split())) for line in (kept / "shapes.txt").read_text().splitlines()]
    count, side = len(bank.pictures), bank.pictures.shape[-1]
    loaded = [_mapped(kept / f"tensor{number}", np.float16, (count, *shape)) for number, shape in enumerate(shapes)]
    some = np.linspace(0, count - 1, min(count, _SPREAD_FROM)).astype(int)
    cells = [one[some].float().transpose(0, 1).flatten(1) for one in loaded]
    return Answers(
        _mapped(kept / "mattes", np.uint8, (count, 1, side, side)),
        _mapped(kept / "agreements", np.float32, (count,)),
        _mapped(kept / "places", np.float32, (count, 4)),
        loaded,
        [one.mean(1) for one in cells],
        [one.std(1).clamp(min=_LEAST_SPREAD) for one in cells],
    )


def _ask(teacher: Teacher, bank: Bank, folder: Path, said: Callable[[str], None]) -> None:
    count, side = len(bank.pictures), bank.pictures.shape[-1]
    said(f"the teacher {teacher.name} looks at {count} pictures")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Elsewhere until they are whole: a run may be killed, and two may begin at once.
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as part:
            whole = Path(part) / "whole"
            whole.mkdir()
            shapes = _write_answers(teacher, bank, whole, side, said)
            (whole / "shapes.txt").write_text("".join(f"{' '.join(map(str, one))}\n" for one in shapes))
            if not folder.is_dir():
                whole.rename(folder)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot hold the teacher's answers: {error.strerror}", "Make room, or set log.folder."
        ) from None


def _write_answers(
    teacher: Teacher, bank: Bank, folder: Path, side: int, said: Callable[[str], None]
) -> list[tuple[int, ...]]:
    """Writes one array after the other, picture by picture; the tensors' shapes."""
    shapes: list[tuple[int, ...]] = []
    count = len(bank.pictures)
    with (
        (folder / "mattes").open("wb") as mattes,
        (folder / "agreements").open("wb") as agreements,
        (folder / "places").open("wb") as places,
    ):
        for index in range(count):
            image = _image(bank, index)
            matte, tensors = teacher.answer(image)
            high, wide = matte.shape
            square = cv2.copyMakeBorder(matte, 0, side - high, 0, side - wide, cv2.BORDER_REPLICATE)
            mask = bank.alphas[index, 0, :high, :wide].numpy()
            mattes.write(np.asarray(square).tobytes())
            agreements.write(np.float32(iou(binary(matte), binary(mask))).tobytes())
            places.write(np.array(teacher.place(image), np.float32).tobytes())
            shapes = [tensor.shape for tensor in tensors]
            for number, tensor in enumerate(tensors):
                with (folder / f"tensor{number}").open("ab" if index else "wb") as stream:
                    stream.write(tensor.astype(np.float16).tobytes())
            if index and index * 10 // count != (index - 1) * 10 // count:
                said(f"the teacher looked at {index} of {count}")
    return shapes


def _image(bank: Bank, index: int) -> Image:
    width, height = (int(side) for side in bank.sizes[index])
    rgb = bank.pictures[index, :, :height, :width].permute(1, 2, 0).numpy()
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _mapped(file: Path, kind: type[np.generic], shape: tuple[int, ...]) -> Tensor:
    # "c": pages are read when they are needed, and nothing is ever written back.
    return torch.from_numpy(np.memmap(file, kind, "c", shape=shape))


def _key(teacher: Teacher, bank: Bank) -> str:
    """Equal for the same teacher and the same pictures in the same squares."""
    digest = hashlib.sha256(teacher.key.encode())
    for part in (bank.pictures, bank.alphas, bank.sizes):
        digest.update(repr(tuple(part.shape)).encode())
        for one in part:  # every picture and mask: a mended mask changes what the teacher's matte agrees with
            digest.update(one.contiguous().cpu().numpy())
    return digest.hexdigest()
