from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from live_seg.cli.train import Progress
from live_seg.evaluation.score import Score, mean, score_pair, score_trimap


@pytest.mark.parametrize(
    ("scored", "said"),
    [
        (score_pair, "step 5: IoU 1.0000, boundary IoU 1.0000, MAD 0.0000"),
        (score_trimap, "step 5: IoU 1.0000, MAD 0.0000"),
    ],
)
def test_a_validation_is_told_whatever_its_masks_can_tell(
    scored: Callable[..., dict[str, float]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of pets nobody knows the outline."""
    truth = np.zeros((32, 32), np.uint8)
    truth[8:24, 8:24] = 255
    means = mean([Score("", "a", "a", "", scored(truth, truth))])
    progress = Progress()
    progress.started(Path("exp1"), 0, 10)
    progress.stepped(5, {"step": 5, **{f"val_{name}": value for name, value in means.items()}})
    progress.said("skipped: [/red] is no picture")  # names of files are no markup
    progress.finished({})
    told = capsys.readouterr().err
    assert "[/red]" in told
    assert said in told
