"""The readers by name, and folders written as READER:PATH."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from live_seg.errors import UsageError, unknown
from live_seg.evaluation.measure import Skipped, without_partner
from live_seg.evaluation.pairs import Sample, find_pairs
from live_seg.evaluation.split_file import find_data
from live_seg.training.readers.aisegment import read_aisegment
from live_seg.training.readers.coco import read_coco, read_coco_all
from live_seg.training.readers.pets import read_pets, read_pets_test


def read_pairs(folder: Path) -> list[Sample]:
    """images/ and masks/ with files of the same name; a mask with four channels is a matte, its fourth the alpha."""
    return list(find_pairs(folder))


READERS: dict[str, Callable[[Path], list[Sample]]] = {
    "pairs": read_pairs,
    "aisegment": read_aisegment,
    "coco": read_coco,
    "coco-all": read_coco_all,
    "pets": read_pets,
    "pets-test": read_pets_test,
}


def read(where: str, part: str = "train") -> list[Sample]:
    """Samples of a folder written as READER:PATH, or as PATH alone for images/ and masks/; of a .csv its rows `part`.

    Raises
    ------
    UsageError
        If there is no such reader, folder or part, or it holds nothing of that layout.
    """
    name, folder = _place(where)
    if name == "pairs" and folder.suffix.lower() == ".csv":
        return list(find_data(folder, part))
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    return READERS[name](folder)


def read_unpaired(where: str) -> list[Skipped]:
    """What of images/ and masks/ has no partner, and is no sample therefore; of other layouts nothing is looked up."""
    name, folder = _place(where)
    return without_partner(folder) if name == "pairs" else []


def _place(where: str) -> tuple[str, Path]:
    name, found, path = where.partition(":")
    if not found or (len(name) == 1 and path[:1] in ("\\", "/")):  # C:\pictures has no reader
        name, path = "pairs", where
    if name not in READERS:
        raise unknown("reader", name, READERS)
    return name, Path(path).expanduser()


def read_all(places: Iterable[str], part: str = "train") -> list[Sample]:
    """Samples of several folders, sorted by name within each; see `read`."""
    return [sample for place in places for sample in read(place, part)]
