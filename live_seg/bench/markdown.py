"""Results as Markdown, and where pages keep them: between two comments that name the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from live_seg.bench.measure import Skipped
from live_seg.bench.plan import STRAIGHTFORWARD
from live_seg.bench.result import Result, read_result
from live_seg.bench.row import Row
from live_seg.bench.scaling import MIDDLE, curves, megapixels
from live_seg.bench.tables import STAGES_HEAD, by_setting, cells, disturbance, head, memory, stage_cells

_MARKED = re.compile(r"(<!-- bench (full|short|scaling|text) (\S+) -->\n).*?(<!-- end bench -->)", re.DOTALL)


def filled(page: str, folder: Path) -> str:
    """The page with what stands between its marks written anew.

        <!-- bench full amd-epyc-2-cores.json -->
        ... every table of that result; "short": the few lines of `short_markdown`;
        "scaling": of a result of --scaling; "text": a file that is Markdown already
        <!-- end bench -->

    Raises
    ------
    UsageError
        If a file that is named is not in the folder, or is no result.
    """

    def write(found: re.Match[str]) -> str:
        file = folder / found[3]
        if found[2] == "text":
            text = file.read_text(encoding="utf-8")
        else:
            write_as = {"full": markdown, "short": short_markdown, "scaling": scaling_markdown}[found[2]]
            text = write_as(read_result(file))
        return f"{found[1]}{text}{found[4]}"

    return _MARKED.sub(write, page)


def markdown(result: Result) -> str:
    """All rows of a result, a table for each setting, and where they come from."""
    parts = [_origin(result)]
    parts += [f"{said}\n" for said in [disturbance(result.rows)] if said]
    for caption, rows in by_setting(result.rows).items():
        parts += [f"**{caption}**\n", _table(head(rows), [cells(row) for row in rows])]
    staged = [row for row in result.rows if row.mode == "paced" and row.kind == "ours"]
    if staged:
        lines = [stage_cells(row) for row in staged]
        parts += [
            "**Time of the stages, p50 / p95 in ms; the matte includes the network**\n",
            _table(STAGES_HEAD, lines),
        ]
    parts += [f"Left out: {line}.\n" for line in left_out(result.skipped)]
    return "\n".join(parts)


def scaling_markdown(result: Result) -> str:
    """Milliseconds of a frame by size, and by threads, a line for each contender."""
    parts = [_origin(result), *(f"{said}\n" for said in [disturbance(result.rows)] if said)]
    by_size, by_threads = curves(result.rows)
    parts.append(_curves_table("ms a frame, flat out", by_size, lambda row: (megapixels(row.size), row.size)))
    caption = f"ms a frame of {MIDDLE} by threads"
    parts.append(_curves_table(caption, by_threads, lambda row: (row.threads, row.threads)))
    return "\n".join(parts)


def _curves_table(caption: str, lines: dict[str, list[Row]], place: Callable[[Row], tuple[float, object]]) -> str:
    """A line for each contender; `place` tells where a row's column stands, and what is above it."""
    columns = sorted({place(row) for rows in lines.values() for row in rows})
    table = []
    for name, rows in lines.items():
        took = {place(row): f"{1e3 / row.fps:.1f}" for row in rows}
        table.append([name, *(took.get(column, "") for column in columns)])
    return _table([caption, *(str(above) for _, above in columns)], table)


def _origin(result: Result) -> str:
    """Machine, versions, day and command."""
    machine = result.machine
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    units = ", ".join(machine.vector_units) or "no vector units known"
    return (
        f"{machine.label} ({units}), {machine.system}; {versions}; {result.date}; "
        f"medians of {result.repeats} round{'s' * (result.repeats != 1)} of {result.seconds:g} s.\n\n"
        f"    {result.command}\n"
    )


def left_out(skipped: Sequence[Skipped]) -> list[str]:
    """A line for each that was left out and why; with the settings, unless it was left out of all for one reason."""
    settings: dict[tuple[str, str], list[str]] = {}
    for one in skipped:
        settings.setdefault((one.name, one.why), []).append(one.setting)
    every = {one.setting for one in skipped}
    return [
        f"{name}: {why}" if set(where) == every else f"{name} ({'; '.join(where)}): {why}"
        for (name, why), where in settings.items()
    ]


def short_markdown(result: Result) -> str:
    """Ours and the straightforward pipeline in the first size and effect of the result, flat out and paced."""
    first = result.rows[0]
    lines = []
    for flat in result.rows:
        is_wanted = flat.kind == "ours" or flat.name == STRAIGHTFORWARD
        if is_wanted and flat.mode == "flat" and (flat.size, flat.effect) == (first.size, first.effect):
            lines.append(_short_line(flat, _same_but_paced(flat, result.rows)))
    captions = ("", "FPS flat out", "CPU a frame", "added delay at 30 FPS, p95", "of a core at 30 FPS", "memory")
    return f"{first.size}, {first.effect}:\n\n" + _table(captions, lines)


def _short_line(flat: Row, paced: Row | None) -> list[str]:
    at_30 = [f"{paced.p50_ms:.0f} ms, {paced.p95_ms:.0f} ms", f"{paced.cores:.0%}"] if paced else ["", ""]
    held = memory(paced or flat)
    return [
        f"{flat.name} ({flat.engine})",
        f"{flat.fps:.0f}",
        f"{flat.cpu_ms:.1f} ms",
        *at_30,
        f"{held} MB" if held else "",
    ]


def _same_but_paced(flat: Row, rows: Sequence[Row]) -> Row | None:
    wanted = (flat.name, flat.kind, flat.size, flat.effect, flat.engine, "paced", str(flat.threads))
    return next((row for row in rows if row.key == wanted), None)


def _table(captions: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [captions, ["---", *["---:"] * (len(captions) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
