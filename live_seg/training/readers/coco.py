"""COCO: persons from its instance annotations, the central one or all."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from live_seg.errors import UsageError
from live_seg.evaluation.pairs import Sample, read_image
from live_seg.frame import Alpha, Image, Size

PERSON = 1
"""Category of persons in COCO, where its file does not name them."""

LEAST_AREA = 0.4
"""A central figure covers at least this share of the picture: a portrait, not somebody in a street."""

Annotation = dict[str, Any]

_FINER = 8
"""How many times larger polygons are filled: what OpenCV fills too much is then a sixteenth of a pixel."""


@dataclass(frozen=True, slots=True)
class CocoSample:
    """A picture of COCO and the annotations whose areas are person."""

    file: Path
    size: Size
    persons: tuple[Annotation, ...]

    @property
    def name(self) -> str:
        """File name without its ending."""
        return self.file.stem

    @property
    def source(self) -> str:
        """The data set's name."""
        return "coco"

    def load(self) -> tuple[Image, Alpha]:
        """Picture and mask.

        Raises
        ------
        UsageError
            If the picture or an outline cannot be read, or its size is not the annotated one.
        """
        image = read_image(self.file)
        if Size.of(image) != self.size:
            raise UsageError(f"{self.file} is {Size.of(image)}, its annotation {self.size}", "Remove or mend the pair.")
        alpha = np.zeros(image.shape[:2], np.uint8)
        for person in self.persons:
            np.maximum(alpha, mask_of(person, self.size), out=alpha)
        return image, alpha


def read_coco(folder: Path) -> list[Sample]:
    """The central figure of each picture that has one: see `central`."""
    return [
        CocoSample(file, size, (figure,))
        for file, size, persons in _pictures(folder)
        if (figure := central(persons, size)) is not None
    ]


def read_coco_all(folder: Path) -> list[Sample]:
    """All persons of each picture that has one, crowds too."""
    return [CocoSample(file, size, tuple(persons)) for file, size, persons in _pictures(folder) if persons]


def central(persons: Sequence[Annotation], size: Size, least_area: float = LEAST_AREA) -> Annotation | None:
    """The figure that a portrait is of: the largest area over the 4th power of its distance to the picture's centre.

    Parameters
    ----------
    persons
        Annotations of one picture; crowds never count.
    size
        Of the picture.
    least_area
        Share of the picture that the figure covers at least.
    """
    large = [
        one for one in persons if not one.get("iscrowd") and one.get("area", 0) >= least_area * size.width * size.height
    ]
    return max(large, key=lambda one: one["area"] / _distance(one, size) ** 4, default=None)


def mask_of(annotation: Annotation, size: Size) -> Alpha:
    """Mask of an annotation: polygons, or the uncompressed run lengths of a crowd.

    Raises
    ------
    UsageError
        If its outline is neither of them, or belongs to a picture of another size.
    """
    outline = annotation["segmentation"]
    try:
        return _from_runs(outline, size) if isinstance(outline, dict) else _from_polygons(outline, size)
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"annotation {annotation.get('id', '')} has no outline that can be read ({error})",
            "It has polygons, or run lengths as a list of numbers.",
        ) from None


def _from_runs(outline: dict[str, Any], size: Size) -> Alpha:
    if outline["size"] != [size.height, size.width]:
        raise ValueError(f"it is of a picture of {outline['size']}")
    runs = np.asarray(outline["counts"], np.int64)
    values = np.repeat(np.arange(len(runs)) % 2 * 255, runs).astype(np.uint8)
    return np.ascontiguousarray(values.reshape(size.width, size.height).T)  # column by column


def _from_polygons(polygons: Sequence[Sequence[float]], size: Size) -> Alpha:
    """All areas together, also where they overlap; a pixel is in if at least half of it is.

    OpenCV fills what an outline touches as well, half a pixel too much, and on two sides only; so it is filled larger.
    """
    mask = np.zeros((size.height, size.width), np.uint8)
    for polygon in polygons:
        if len(polygon) < 6:
            continue
        shape = np.asarray(polygon, np.float64).reshape(-1, 2)
        left, top = np.maximum(np.floor(shape.min(0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(shape.max(0)).astype(int), size)
        if left >= right or top >= bottom:
            continue
        large = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
        at = (shape - (left, top)) * _FINER - 0.5
        cv2.fillPoly(large, [np.rint(at * 16).astype(np.int32)], 255, cv2.LINE_8, 4)  # in sixteenths of a pixel
        covered = cv2.resize(large, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_AREA)
        part = mask[top:bottom, left:right]
        part[covered >= 128] = 255
    return mask


def _distance(one: Annotation, size: Size) -> float:
    """Of the mask's centre of mass to the picture's centre, in pixels; at least one, so that it can divide."""
    try:
        moments = cv2.moments(mask_of(one, size), binaryImage=True)
    except UsageError:  # said when it is loaded
        return math.inf
    if not moments["m00"]:
        return math.inf
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    return max(1.0, math.hypot(x - (size.width - 1) / 2, y - (size.height - 1) / 2))


def _pictures(folder: Path) -> list[tuple[Path, Size, list[Annotation]]]:
    """Pictures named by annotations/instances_SPLIT.json that are there: in SPLIT/ or images/."""
    files = sorted((folder / "annotations").glob("instances_*.json"))
    if not files:
        raise UsageError(f"{folder} has no annotations/instances_*.json", "Unpack COCO's annotations there.")
    found: list[tuple[Path, Size, list[Annotation]]] = []
    for file in files:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            persons: dict[int, list[Annotation]] = {}
            named = {one["name"]: one["id"] for one in content.get("categories", [])}
            person = named.get("person", PERSON)
            for annotation in content["annotations"]:
                if annotation["category_id"] == person and annotation["segmentation"]:
                    persons.setdefault(annotation["image_id"], []).append(annotation)
            pictures = {one["file_name"]: (one["id"], Size(one["width"], one["height"])) for one in content["images"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{file} is no annotation file of COCO ({error})") from None
        places = [folder / file.stem.removeprefix("instances_"), folder / "images", folder]
        for name in sorted(pictures):
            picture = next((place / name for place in places if (place / name).is_file()), None)
            number, size = pictures[name]
            if picture is not None:
                found.append((picture, size, persons.get(number, [])))
    if not found:
        raise UsageError(f"{folder} has annotations but none of their pictures", "They lie in val2017/, for instance.")
    return found
