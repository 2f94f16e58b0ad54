"""Writes the tables of docs/performance.md, docs/gpu.md and README.md from benchmarks/results.

python docs/write_performance.py
"""

from __future__ import annotations

from pathlib import Path

from live_seg.bench.markdown import filled

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = REPOSITORY / "benchmarks" / "results"
PAGES = (REPOSITORY / "docs" / "performance.md", REPOSITORY / "docs" / "gpu.md", REPOSITORY / "README.md")


def written(page: Path) -> str:
    """The page as it should be."""
    return filled(page.read_text(encoding="utf-8"), RESULTS)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page), encoding="utf-8")
