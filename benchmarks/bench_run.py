"""Whole commands, as a user waits for them: import, help, the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TITLE = "Whole commands"
BIN = Path(sys.executable).parent
COMMANDS = {
    "`import leucel`": [sys.executable, "-c", "import leucel"],
    "an empty Python process, to compare with": [sys.executable, "-c", "pass"],
    "`leucel --help`": [str(BIN / "leucel"), "--help"],
    "`leucel run eque-cel`: 1,000 virtual patients, 36 months, dossier": [
        str(BIN / "leucel"),
        "run",
        "eque-cel",
        "--quiet",
        "--force",
    ],
}
Row = dict[str, str]


def measure(quick: bool, figures: Path) -> list[Row]:
    """Shortest of three whole processes."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for work, command in COMMANDS.items():
            times: list[float] = []
            for _ in range(1 if quick else 3):
                start = time.perf_counter()
                subprocess.run(command, cwd=folder, capture_output=True, check=True)
                times.append(time.perf_counter() - start)
            rows.append(
                {
                    "work": work,
                    "ours": f"{min(times):.2f} s",
                    "conditions": f"whole process, {os.cpu_count()} cores, kernels cached",
                }
            )
    return rows
