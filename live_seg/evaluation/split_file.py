"""Where the pictures to be measured come from: a folder, or a CSV file that names them by split."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import PICTURES, Pair, find_pairs
from live_seg.evaluation.trimap import TrimapPair, find_trimaps, has_trimaps


def find_data(data: Path, split: str = "", usual: str = "test") -> Sequence[Pair | TrimapPair]:
    """Pairs of an images/ + masks/ folder, of a split file, or of Oxford-IIIT Pet (images/ and trimaps).

    A split file is a CSV with a header. Its column `split` says which part a row belongs to, and either `image` and
    `mask` name the two files, or `name` names both: SPLIT/images/NAME.* and SPLIT/masks/NAME.*, or the same without
    SPLIT/. Paths start at the file's folder.

    Parameters
    ----------
    data
        The folder or file.
    split
        Which part of a split file; empty: `usual`, or all of a file that has no parts or one. Of pets: "test" or
        "train".
    usual
        See `split`.

    Raises
    ------
    UsageError
        If there is no such folder, file, split or picture.
    """
    if data.is_dir():
        if has_trimaps(data):
            return find_trimaps(data, split or usual)
        _refuse_split(data, split)
        return find_pairs(data)
    rows = _rows(data, split, usual)
    listing: dict[Path, dict[str, Path]] = {}
    pairs: list[Pair] = []
    for row in rows:
        if row.get("image") and row.get("mask"):
            pairs.append(Pair(data.parent / row["image"], data.parent / row["mask"]))
            continue
        if not row.get("name"):
            raise UsageError(f"{data} names no mask of {row['image']}", "Add it in a column `mask`.")
        folder = data.parent / (row.get("split") or "")
        folder = folder if (folder / "images").is_dir() else data.parent
        image, mask = (_named(folder / part, row["name"], listing) for part in ("images", "masks"))
        pairs.append(Pair(image, mask))
    return sorted(pairs, key=lambda pair: pair.name)


def find_pictures(data: Path, split: str = "", usual: str = "test") -> list[Path]:
    """Pictures of a folder (or of its images/), or of a split file, sorted by name; masks are not needed.

    Parameters
    ----------
    data, split, usual
        As of `find_data`; of pets those of "train" where that is asked for, all of them otherwise.

    Raises
    ------
    UsageError
        If there is no such folder, file, split or picture.
    """
    if data.is_dir():
        if usual == "train" and has_trimaps(data):
            return [sample.pair.image for sample in find_trimaps(data, split or usual)]
        _refuse_split(data, split)
        folder = data / "images" if (data / "images").is_dir() else data
        found = sorted(file for file in folder.iterdir() if file.suffix.lower() in PICTURES)
    else:
        listing: dict[Path, dict[str, Path]] = {}
        found = []
        for row in _rows(data, split, usual):
            if row.get("image"):
                found.append(data.parent / row["image"])
                continue
            folder = data.parent / (row.get("split") or "")
            folder = folder if folder.is_dir() else data.parent
            folder = folder / "images" if (folder / "images").is_dir() else folder
            found.append(_named(folder, row["name"], listing))
    if not found:
        raise UsageError(f"there is no picture in {data}")
    return found


def _refuse_split(folder: Path, split: str) -> None:
    if split:
        file = folder / "split.csv"
        remedy = f"Give {file}." if file.is_file() else "Give a split file (.csv), or no split."
        raise UsageError(f"{folder} is a folder, which has no split {split!r}", remedy)


def _rows(file: Path, split: str, usual: str) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError:
        raise UsageError(f"there is no folder or file {file}") from None
    except (OSError, csv.Error) as error:
        raise UsageError(f"{file} cannot be read as a split file: {error}") from None
    columns = set(rows[0]) if rows else set()
    if not columns & {"name", "image"}:
        raise UsageError(f"{file} is no split file", "Its header needs `name`, or `image` and `mask`.")
    for number, row in enumerate(rows, 2):
        if not row.get("name") and not row.get("image"):
            raise UsageError(f"{file}, line {number}, names no picture")
    splits = sorted({row.get("split") or "" for row in rows})
    chosen = split or (usual if usual in splits or len(splits) > 1 else "")
    if chosen and chosen not in splits:  # all of them would be pictures of the training, too
        raise UsageError(f"{file} has no split {chosen!r}", f"There are: {', '.join(filter(None, splits)) or 'none'}.")
    return [row for row in rows if not chosen or row.get("split") == chosen]


def _named(folder: Path, name: str, listing: dict[Path, dict[str, Path]]) -> Path:
    if folder not in listing:
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        listing[folder] = {file.stem: file for file in files if file.suffix.lower() in PICTURES}
    if name not in listing[folder]:
        raise UsageError(f"there is no picture {name} in {folder}")
    return listing[folder][name]
