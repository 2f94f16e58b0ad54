"""Scores as JSON, CSV and a Markdown table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from live_seg.errors import one_line
from live_seg.evaluation.score import Score, mean, means_by
from live_seg.writing import write_whole

_DECIMALS = {"gradient": 2, "area": 4, "flicker": 4, "dtssd": 4, "mse": 4, "false_area": 4}

_TITLES = {
    "n": "pictures",
    "iou": "IoU",
    "accuracy": "accuracy",
    "accuracy_all": "accuracy, border as subject",
    "boundary_iou": "boundary IoU",
    "boundary_f": "boundary F",
    "mad": "MAD",
    "mse": "MSE",
    "gradient": "gradient error",
    "false_area": "false area",
    "area": "area",
    "flicker": "flicker",
    "dtssd": "dtSSD",
}

_MORE_IS_BETTER = ("iou", "accuracy", "accuracy_all", "boundary_iou", "boundary_f")
_NO_MEASURE = ("n", "area")
"""Neither more nor less of it is better."""

_MOST_SOURCES = 24
"""A table with more rows than that is read by nobody; the JSON has them all."""


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """`{"models": {NAME: {"overall": means, "sources": {SOURCE: means}, "person_sizes": {SIZE: means}}}}`.

    Means hold `n`, the number of pictures, and a number from 0 to 1 for each measure (`gradient` is not bounded).
    """
    models = {}
    for name in dict.fromkeys(score.model for score in scores):
        own = [score for score in scores if score.model == name]
        models[name] = {
            "overall": mean(own),
            "sources": means_by(own, lambda score: score.source),
            "person_sizes": means_by(own, lambda score: score.person),
        }
    return {"models": models}


def write_json(scores: Sequence[Score], file: Path) -> None:
    """Writes the summary."""
    write_whole(file, f"{json.dumps(summary(scores), indent=1)}\n".encode())


def write_csv(scores: Sequence[Score], file: Path) -> None:
    """Writes a row a picture and model."""
    measures = list(dict.fromkeys(measure for score in scores for measure in score.values))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["model", "picture", "source", "person", "file", *measures])
    for score in scores:
        values = [f"{score.values[measure]:.6f}" if measure in score.values else "" for measure in measures]
        writer.writerow([score.model, score.picture, score.source, score.person, score.file or "", *values])
    write_whole(file, text.getvalue().encode(errors="surrogateescape"))


def markdown(scores: Sequence[Score], title: str) -> str:
    """Tables for the docs: overall, by source, by the person's size; the best of a column is bold.

    Parameters
    ----------
    scores
        At least one.
    title
        What was measured, by which command.
    """
    models: dict[str, dict[str, Any]] = summary(scores)["models"]
    parts = [f"{title}\n", _overall({name: means["overall"] for name, means in models.items()})]
    for part, caption in (("sources", "source"), ("person_sizes", "person")):
        groups = sorted({group for means in models.values() for group in means[part]})
        if 1 < len(groups) <= _MOST_SOURCES:
            parts.append(_by_group(models, part, groups, caption))
    return "\n".join(parts)


def _overall(models: dict[str, dict[str, float]]) -> str:
    measures = list(dict.fromkeys(measure for means in models.values() for measure in means))
    rows = [[name, *(_text(means, measure) for measure in measures)] for name, means in models.items()]
    for column, measure in enumerate(measures, 1):
        _embolden(rows, column, [means.get(measure) for means in models.values()], measure)
    return table(["model", *(_TITLES.get(measure, measure) for measure in measures)], rows)


def _by_group(models: dict[str, dict[str, Any]], part: str, groups: list[str], caption: str) -> str:
    """One row a group, one column a model: the three measures that matter most, in one cell."""
    first = next(iter(models.values()))[part]
    known = next(iter(first.values()))
    measures = [
        name for name in ("iou", "accuracy", "boundary_iou", "mad", "false_area", "area", "flicker") if name in known
    ]
    rows = []
    for group in groups:
        count = next(int(means[part][group]["n"]) for means in models.values() if group in means[part])
        cells = []
        for means in models.values():
            found = means[part].get(group, {})
            cells.append(" / ".join(_text(found, measure) for measure in measures))
        rows.append([one_line(group), str(count), *cells])
    titles = " / ".join(_TITLES[measure] for measure in measures)
    return f"{titles}, by {caption}:\n\n" + table([caption, "pictures", *models], rows)


def _embolden(rows: list[list[str]], column: int, values: list[float | None], measure: str) -> None:
    known = [value for value in values if value is not None]
    if measure in _NO_MEASURE or len(known) < 2:
        return
    best = max(known) if measure in _MORE_IS_BETTER else min(known)
    for row, value in zip(rows, values, strict=True):
        if value == best:
            row[column] = f"**{row[column]}**"


def _text(means: dict[str, float], measure: str) -> str:
    if measure not in means:
        return "-"
    return str(int(means["n"])) if measure == "n" else f"{means[measure]:.{_DECIMALS.get(measure, 3)}f}"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, all columns but the first aligned to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
