"""Loss, learning rate and scores over the steps, as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from live_seg.writing import write_whole

_PANELS = (("loss",), ("val_iou", "val_boundary_iou"), ("val_mad",), ("learning_rate",))


def draw_curves(rows: Sequence[dict[str, float]], file: Path) -> None:
    """Writes the curves of a log's rows, as PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7), layout="constrained")
    for axes, names in zip(figure.subplots(2, 2).flat, _PANELS, strict=True):
        for name in names:
            known = [(row["step"], row[name]) for row in rows if name in row]
            axes.plot(
                [step for step, _ in known], [value for _, value in known], label=name, marker="." * (len(known) < 30)
            )
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
        axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    write_whole(file, picture.getbuffer())
