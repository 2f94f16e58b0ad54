"""The tables of docs/gpu.md from what the other scripts measured: NAME-gpu.json -> NAME-gpu.md beside it.

    python benchmarks/gpu/report.py [--device cuda] [--file benchmarks/results/NAME-gpu.json]

Claims nothing: a part that is not in the file is named as not measured, a check that failed comes first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bound import options_parser, result_file

Found = Mapping[str, Any]

PARTS = {
    "correctness": "checks",
    "fused": "host memory to host memory",
    "network": "the network alone",
    "peers": "other networks",
    "floors": "floors",
    "levers": "options that are not used",
    "torch": "the same graph by torch",
}


def report(result: Found) -> str:
    """Markdown of one device's file, a section for each provider that was measured."""
    device = result["device"]
    versions = ", ".join(f"{name} {version}" for name, version in device["versions"].items())
    tensorrt = f", TensorRT {device['tensorrt']}" if device.get("tensorrt") else ""
    lines = [
        f"{device['name']}, driver {device['driver'] or 'none'}{tensorrt}; {device['processor']}; {versions}; "
        f"{device['date']}."
    ]
    if device["name"] == "cpu-trial":
        lines.append("A trial of the scripts on a CPU: these figures mean nothing.")
    for provider in ("cuda", "tensorrt", "cpu"):
        if provider in result:
            lines += [f"**{provider}**", *_provider(result[provider])]
    return "\n\n".join(lines) + "\n"


def _provider(parts: Found) -> list[str]:
    floors = parts.get("floors", {})
    said = []
    if "correctness" in parts:
        said.append(_checks(parts["correctness"]["checks"]))
    if "fused" in parts:
        rows = parts["fused"]["rows"] + parts.get("torch", {}).get("rows", [])
        said.append(_pictures(rows, floors))
    if "network" in parts or "peers" in parts:
        rows = parts.get("network", {}).get("rows", []) + parts.get("peers", {}).get("rows", [])
        said.append(_networks(rows, floors))
    if floors:
        said.append(
            f"Bus: {floors['there_gb_s']} GB/s there with the processor's copy before it, {floors['there_dma_gb_s']} "
            f"without, {floors['back_gb_s']} back. fp16: {floors['fp16_gflop_s'] / 1e3:.1f} TFLOP/s."
        )
    if "levers" in parts:
        said.append(_levers(parts["levers"]["rows"]))
    missing = [name for part, name in PARTS.items() if part not in parts]
    return said + ([f"Not measured: {', '.join(missing)}."] if missing else [])


def _checks(checks: Sequence[Found]) -> str:
    names = [one.get("check") or f"{one['effect']} at {one['size']} against OpenCV" for one in checks]
    failed = [name for name, one in zip(names, checks, strict=True) if not one["passed"]]
    if failed:
        return f"**{len(failed)} of {len(checks)} checks failed, so no figure below counts: {'; '.join(failed)}.**"
    not_run = [name for name, one in zip(names, checks, strict=True) if "note" in one]
    return f"All {len(checks)} checks passed" + (f"; not run: {', '.join(not_run)}." if not_run else ".")


def _pictures(rows: Sequence[Found], floors: Found) -> str:
    """A frame in host memory to the finished picture in host memory."""
    head = ["picture", "", "FPS", "p50 ms", "p99", "there, computing, back ms", "bus floor ms", "times the floor"]
    lines = []
    for row in rows:
        floor = floors.get(f"bus_floor_ms {row['size']}")
        parts = [row.get(name) for name in ("there_ms", "computing_ms", "back_ms")]
        lines.append(
            [
                f"{row['size']}, {row['effect']}",
                row["name"],
                f"{row['fps']:.0f}",
                f"{row['p50_ms']:.2f}",
                f"{row['p99_ms']:.2f}",
                ", ".join(f"{part:.2f}" for part in parts) if None not in parts else "",
                *_against(row, floor),
            ]
        )
    return _table(head, lines)


def _networks(rows: Sequence[Found], floors: Found) -> str:
    """Tensors on the device; the floor is that of the first of ours, whose operations are known."""
    head = ["network alone", "input", "p50 ms", "p99", "floor ms", "times the floor"]
    default = next((row["name"] for row in rows if row["kind"] == "ours"), "")
    lines = []
    for row in rows:
        is_default = row["name"] == default
        floor = floors.get(f"network_floor_ms {row.get('size')}") if is_default else None
        lines.append(
            [row["name"], row.get("size", ""), f"{row['p50_ms']:.3f}", f"{row['p99_ms']:.3f}", *_against(row, floor)]
        )
    return _table(head, lines)


def _levers(rows: Sequence[Found]) -> str:
    """What ships stands first and last of each."""
    lines = [[row["name"], row["lever"], f"{row['p50_ms']:.3f}", f"{row['p99_ms']:.3f}"] for row in rows]
    return _table(["tensors on the device", "options", "p50 ms", "p99"], lines)


def _against(row: Found, floor: float | None) -> list[str]:
    return [f"{floor:.3f}", f"{row['p50_ms'] / floor:.1f}"] if floor else ["", ""]


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---", *["---:"] * (len(head) - 1)], *lines))


def main() -> None:
    """Writes the Markdown beside the file, and prints it."""
    parser = options_parser(__doc__)
    parser.add_argument("--file", type=Path, help="instead of that of the device that is here")
    options = parser.parse_args()
    file = options.file or result_file(options)
    if not file.exists():
        raise SystemExit(f"{file} is not there: nothing was measured")
    text = report(json.loads(file.read_text(encoding="utf-8")))
    file.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
