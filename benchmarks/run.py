"""Run every benchmark of this folder and keep the results in docs/benchmarks.md.

Each benchmark module has `measure() -> list[dict]`; a row names what was done, the peer in the same
run, the ratio, and the conditions (tolerance, threads, compile time apart).
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
COLUMNS = ("work", "ours", "peer", "ratio", "conditions")


def main() -> None:
    """Measure, print, and write the page."""
    rows: list[dict[str, str]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(f"{path.stem} ...", file=sys.stderr)
        for row in module.measure():
            print(row)
            rows.append(row)
    PAGE.write_text(page(rows))


def machine() -> str:
    """Name of the processor, as far as the system tells."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def page(rows: list[dict[str, str]]) -> str:
    """The benchmark page in Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Compare ratios, not absolute times: both sides of a row ran on "
        "the same machine in the same run.",
        "",
        f"Machine: {machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(str(row.get(column, "")) for column in COLUMNS) + " |" for row in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
