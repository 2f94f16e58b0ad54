"""Writes the tables of docs/performance.md, docs/gpu.md, README.md and the model card from benchmarks/results.

python docs/write_performance.py
"""

from __future__ import annotations

from pathlib import Path

from live_seg.bench.markdown import filled

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = REPOSITORY / "benchmarks" / "results"
_NAMES = "docs/performance.md", "docs/gpu.md", "README.md", "weights/MODEL_CARD.md"
PAGES = tuple(REPOSITORY / name for name in _NAMES)


def written(page: Path) -> str:
    """The page as it should be."""
    return filled(page.read_text(encoding="utf-8"), RESULTS)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page), encoding="utf-8")
