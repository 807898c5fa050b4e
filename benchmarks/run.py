"""Run the benchmarks of this folder; a full run writes docs/benchmarks.md and its figures.

Each module `bench_<name>.py` has a TITLE and `measure(quick, figures) -> list[dict]`; a row names
what was done, our figure, the peer in the same run, the ratio, the bar to pass, the errors of both,
and the conditions (tolerance, threads, compile time apart). What a section says is in `reading.py`.

    python benchmarks/run.py                  all, about a quarter of an hour on two quiet cores
    python benchmarks/run.py --only peers     one section, printed
    python benchmarks/run.py --quick          all with tiny sizes, printed: does it run?
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

DOCS = HERE.parent / "docs"
IMAGES = Path("images/benchmarks")
SECTIONS = ("engine", "peers", "precision", "scaling", "nca", "construct", "run")
COLUMNS = (
    "work",
    "ours",
    "peer",
    "ratio",
    "bar",
    "error of ours",
    "error of the peer",
    "conditions",
)
Row = dict[str, str]


def main() -> None:
    """Measure, print, and write the page after a full run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SECTIONS, action="append", help="only this section")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; numbers mean nothing")
    parser.add_argument("--out", type=Path, help="folder of the page and figures")
    given = parser.parse_args()
    full = not given.quick and given.only is None
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.out or (DOCS if full else Path(scratch))
        folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, list[Row]] = {}
        for name in given.only or SECTIONS:
            module = importlib.import_module(f"bench_{name}")
            start = time.perf_counter()
            print(f"{module.TITLE} ...", file=sys.stderr, flush=True)
            found[name] = module.measure(given.quick, folder / IMAGES)
            for row in found[name]:
                print(" | ".join(row[column] for column in COLUMNS if row.get(column)), flush=True)
            print(f"  {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        (folder / "benchmarks.md").write_text(page(found), encoding="utf-8")
    if full:
        print(f"written: {folder / 'benchmarks.md'}")


def machine() -> str:
    """Name of the processor, as far as the system tells."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def page(found: dict[str, list[Row]]) -> str:
    """The benchmark page in Markdown."""
    from reading import FIGURES, INTRODUCTION, READING

    lines = [
        "# Benchmarks",
        "",
        INTRODUCTION,
        "",
        f"Machine: {machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.",
    ]
    for name, rows in found.items():
        title = importlib.import_module(f"bench_{name}").TITLE
        lines += ["", f"## {title}", "", READING[name]]
        for file, caption in FIGURES.get(name, ()):
            lines += ["", f"![{caption}]({(IMAGES / file).as_posix()})", "", f"*{caption}*"]
        columns = [column for column in COLUMNS if any(row.get(column) for row in rows)]
        lines += [
            "",
            "| " + " | ".join(columns) + " |",
            "|" + "---|" * len(columns),
            *("| " + " | ".join(row.get(column, "") for column in columns) + " |" for row in rows),
        ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
