"""Write what every model of the library gives for the checks of its card.

Usage: python scripts/measure_library.py [ID ...]; without ids all models that use the table.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from leucel.compile import compile_model
from leucel.library import (
    Check,
    catalog,
    check_model,
    check_times,
    formula_value,
    get_model,
    measure,
)
from leucel.library.measured import MEASURED
from leucel.model import with_values
from leucel.solve import Doses, SolveOptions, simulate

TARGET = Path("src/leucel/library/measured.py")
TIGHT = SolveOptions(rtol=1e-9, atol=1e-9)
# These carry their numbers in their own files of checks.
APART = ("singh_2021", "stein_2019")


def number_of(id_: str, check: Check, choices: dict[str, str]) -> float:
    """The number of one check, for one set of choices."""
    spec, _ = get_model(id_, **choices)
    doses = Doses() if check.dose is None else Doses.bolus(check.dose)
    for day, amount in check.doses:
        doses += Doses.bolus(amount, time=day)
    numbers: list[float] = []
    for values in check.cohort or ((),):
        if check.quantity == "formula":
            numbers.append(formula_value(with_values(spec, dict(values)), check))
            continue
        model, output = check_model(spec, check)
        times = check_times(check)
        found = simulate(
            compile_model(model, backend="cpu"),
            parameters=dict(values),
            times=times,
            doses=doses if doses.boluses else None,
            options=TIGHT,
        )
        numbers.append(measure(check, times, found.require_ok().output(output)[0]))
    return float(np.median(numbers))


def main(ids: list[str]) -> None:
    """Measure the models and write the table."""
    table = {id_: dict(rows) for id_, rows in MEASURED.items()}
    for card in catalog():
        if card.id.startswith(APART) or (ids and card.id not in ids):
            continue
        table[card.id] = {}
        for check in card.checks:
            choices = dict(check.choices)
            number = number_of(card.id, check, choices)
            if check.against:
                number /= number_of(card.id, check, choices | dict(check.against))
            table[card.id][check.name] = float(f"{number:.9g}")
            deviation = number / check.expected - 1.0
            met = "met" if check.accepts(number) else "NOT MET"
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
