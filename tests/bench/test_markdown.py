"""Tables in the docs are written from the results, and are up to date."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import write_performance
from made import made_result

from live_seg.bench.markdown import filled, markdown, scaling_markdown, short_markdown
from live_seg.bench.measure import Skipped
from live_seg.bench.plot import plot, plot_scaling
from live_seg.bench.result import write_result
from live_seg.errors import UsageError

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("page", write_performance.PAGES, ids=lambda page: page.name)
def test_the_tables_of_the_docs_are_up_to_date(page: Path) -> None:
    """Written by: python docs/write_performance.py."""
    assert page.read_text(encoding="utf-8") == write_performance.written(page)


def test_every_row_is_in_the_tables() -> None:
    text = markdown(made_result())
    assert "**1280x720, blur, flat out, 2 threads**" in text
    assert "| person-int8 | cpu | 60.0 | 59.4 to 60.6 | 6.0 |" in text
    assert "| selfie in our loop | cpu |" in text
    assert "8.0 / 9.0 | 9.0 / 10.0 | 3.0 / 4.0 |" in text


@pytest.mark.parametrize(("cores", "said"), [(1, "Made Up 3000, 1 core ("), (2, "Made Up 3000, 2 cores (")])
def test_the_machine_is_named(cores: int, said: str) -> None:
    machine = dataclasses.replace(made_result().machine, cores=cores)
    assert markdown(dataclasses.replace(made_result(), machine=machine)).startswith(said)


def test_other_work_on_the_machine_is_said() -> None:
    quiet = made_result()
    busy = dataclasses.replace(quiet, rows=[dataclasses.replace(row, others=0.9) for row in quiet.rows])
    assert "not free" not in markdown(quiet)
    assert "other work took up to 0.9 cores" in markdown(busy)


def test_the_short_table_holds_ours_and_the_straightforward_one() -> None:
    lines = short_markdown(made_result()).splitlines()
    assert [line.split(" | ")[0] for line in lines[4:]] == ["| person-int8 (cpu)", "| straightforward (cpu)"]


def test_a_page_keeps_what_stands_outside_of_its_marks(tmp_path: Path) -> None:
    write_result(made_result(), tmp_path / "made.json")
    page = "before\n<!-- bench short made.json -->\nold\n<!-- end bench -->\nafter\n"
    once = filled(page, tmp_path)
    assert once.startswith("before\n<!--") and once.endswith("-->\nafter\n")
    assert "old" not in once and "straightforward" in once
    assert filled(once, tmp_path) == once


def test_a_page_that_names_a_result_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.json"):
        filled("<!-- bench full gone.json -->\n<!-- end bench -->", tmp_path)


def test_a_scaling_result_is_a_table_over_sizes_and_one_over_threads() -> None:
    result = made_result()
    usual = [row for row in result.rows if row.mode == "flat" and row.kind != "peer"]
    small = [dataclasses.replace(row, size="640x360", fps=2 * row.fps) for row in usual]
    single = [dataclasses.replace(row, threads=1, fps=row.fps / 2) for row in usual]
    text = scaling_markdown(dataclasses.replace(result, rows=[*usual, *small, *single]))
    assert "| ms a frame, flat out | 640x360 | 1280x720 |" in text
    assert "| ms a frame of 1280x720 by threads | 1 | 2 |" in text
    assert "| person-int8 (cpu) | 8.3 | 16.7 |" in text
    assert "| person-int8 (cpu) | 33.3 | 16.7 |" in text


@pytest.mark.parametrize("draw", [plot, plot_scaling])
def test_a_plot_is_drawn(tmp_path: Path, draw: object) -> None:
    pytest.importorskip("matplotlib")
    assert callable(draw)
    draw(made_result(), tmp_path / "plots" / "plot.png")
    assert (tmp_path / "plots" / "plot.png").stat().st_size > 5000


def test_what_was_left_out_everywhere_is_one_line() -> None:
    gone = [Skipped("cuda", place, "no NVIDIA driver") for place in ("flat", "paced")]
    slow = [Skipped("rvm", "paced", "too slow")]
    text = markdown(dataclasses.replace(made_result(), skipped=gone + slow))
    assert "Left out: cuda: no NVIDIA driver.\n" in text
    assert "Left out: rvm (paced): too slow." in text
