"""Write what every model of the library gives for the checks of its card.

Usage: python scripts/measure_library.py [ID ...]; without ids all models that use the table.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model
from leucel.library import catalog, check_number
from leucel.library.measured import MEASURED
from leucel.model import ModelSpec
from leucel.solve import Doses, SolveOptions, simulate

TARGET = Path("src/leucel/library/measured.py")
FINE = SolveOptions(rtol=1e-9, atol=1e-12)
# These carry their numbers in their own files of checks.
APART = ("singh_2021", "stein_2019")


@cache
def compiled(spec: ModelSpec) -> CompiledModel:
    """Each model is compiled once."""
    return compile_model(spec, backend="cpu")


def run(
    spec: ModelSpec,
    values: Mapping[str, float],
    times: NDArray[np.float64],
    doses: tuple[tuple[float, float], ...],
    output: str,
) -> NDArray[np.float64]:
    """The course of one output."""
    given = Doses()
    for day, amount in doses:
        given += Doses.bolus(amount, time=day)
    found = simulate(
        compiled(spec),
        parameters=dict(values),
        times=times,
        doses=given if given.boluses else None,
        options=FINE,
    )
    return found.require_ok().output(output)[0]


def main(ids: list[str]) -> None:
    """Measure the models and write the table."""
    table = {id_: dict(rows) for id_, rows in MEASURED.items()}
    for card in catalog():
        if card.id.startswith(APART) or (ids and card.id not in ids):
            continue
        table[card.id] = {}
        for check in card.checks:
            number = check_number(card.id, check, run)
            table[card.id][check.name] = float(f"{number:.9g}")
            deviation = number / check.expected - 1.0
            met = "met" if check.accepts(number) else "NOT MET"
            met = f"{met}, as said" if check.disagreement else met
            print(f"{card.id}: {check.name}: {number:.9g} for {check.expected:g}", end=" ")
            print(f"({deviation:+.2e}, {check.tolerance:.1e}) {met}")
    head = TARGET.read_text().split("MEASURED: ")[0]
    lines = [f"{head}MEASURED: dict[str, dict[str, float]] = {{\n"]
    for id_ in sorted(table):
        rows = "".join(f"        {name!r}: {x!r},\n" for name, x in table[id_].items())
        lines.append(f"    {id_!r}: {{\n{rows}    }},\n")
    TARGET.write_text("".join(lines) + "}\n")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(TARGET)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
