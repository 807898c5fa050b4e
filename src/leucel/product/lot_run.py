"""Lots of a cohort: cells, copies, release, time, and what becomes of each patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from leucel.core import Evidence, InputError, Kind, Mark, Problem, RandomStream
from leucel.product.dose import DoseRule, dose_cohort
from leucel.product.phenotype import WHY_NONE
from leucel.product.process import TIMES, Process
from leucel.product.release import Judgment, judge_lots

if TYPE_CHECKING:
    import pandas as pd

_LOW_DOSE, _POTENCY, _TERMINATED = "low dose", "cytokine release", "terminated"
OUTCOMES = ("percent_out_of_specification", "median_copies", "median_days", "median_surplus")
"""Outcomes of the sensitivity."""

CONFORMING, OUT_OF_SPECIFICATION, REMADE, NO_PRODUCT = (
    "conforming",
    "out of specification",
    "second attempt",
    "no product",
)
FATES = (CONFORMING, OUT_OF_SPECIFICATION, REMADE, NO_PRODUCT)
"""What may become of a lot."""
# Cells die of far fewer integrations; a draw beyond has no meaning.
_MOST_COPIES = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRun:
    """Lots of N patients.

    Attributes
    ----------
    values : (N,) numbers of the first attempt: stages by name, `car_share`, `copies_per_cell`,
        `copies_per_car_cell`, `share_above_5` (of the CAR+ cells), `car_cells` (viable CAR+ cells
        after thawing), `dose` (needed), `given` (at most the dose; the dose from a second attempt,
        0 without a product), `surplus` (cells over dose, the ratio) and each phenotype.
    causes : cause -> (N,) True where it holds.
    terminated : (N,) True where the first attempt gave no product.
    out_of_specification : (N,) True where a product was made that fails a release test or the dose.
    remade : (N,) True where a second attempt worked.
    days : (N,) from apheresis to infusion, the second attempt and waiting included; NaN without a
        product.
    process : what was used.
    judgment : the release tests.
    """

    values: Mapping[str, NDArray[np.float64]]
    causes: Mapping[str, NDArray[np.bool_]]
    terminated: NDArray[np.bool_]
    out_of_specification: NDArray[np.bool_]
    remade: NDArray[np.bool_]
    days: NDArray[np.float64]
    process: Process
    judgment: Judgment

    @property
    def infused(self) -> NDArray[np.bool_]:
        """(N,) patients with a product, in or out of specification."""
        return ~np.isnan(self.days)

    @property
    def fate(self) -> NDArray[np.str_]:
        """(N,) one of `FATES`."""
        return np.where(
            self.infused,
            np.where(
                self.terminated,
                REMADE,
                np.where(self.out_of_specification, OUT_OF_SPECIFICATION, CONFORMING),
            ),
            NO_PRODUCT,
        )

    @property
    def cause_words(self) -> tuple[str, ...]:
        """Causes of each lot in words, parted by semicolons; empty for a lot without any."""
        found = [""] * self.days.size
        for name, hit in self.causes.items():
            for i in np.flatnonzero(hit):
                found[i] += ("; " if found[i] else "") + name.replace("_", " ")
        return tuple(found)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready summary."""
        size = self.days.size
        infused = self.infused
        return {
            "patients": size,
            "percent_terminated": _percent(self.terminated),
            "percent_out_of_specification": _percent(self.out_of_specification),
            "percent_remade": _percent(self.remade),
            "percent_without_product": _percent(~self.infused),
            "causes_percent_of_lots": {name: _percent(hit) for name, hit in self.causes.items()},
            "numbers": {
                name: _spread(self.values[name])
                for name in (
                    "car_share",
                    "copies_per_cell",
                    "copies_per_car_cell",
                    "share_above_5",
                    "viability",
                    "surplus",
                    *(phenotype.name for phenotype in self.process.phenotypes),
                )
            }
            | ({"given": _spread(self.values["given"][infused])} if infused.any() else {}),
            "percent_below_dose": _percent(
                infused & (self.values["given"] < self.values["dose"] * (1 - 1e-9))
            ),
            "fates": [{"fate": name, "percent": _percent(self.fate == name)} for name in FATES],
            "vein_to_vein_days": _spread(self.days[infused]) if infused.any() else None,
            "specification": self.process.specification_name,
            "not_measured": list(self.judgment.not_measured),
            "stages": {name: stage.to_dict() for name, stage in self.process.stages.items()},
            "assumptions": [row.to_dict() for row in self.process.assumptions()],
            "not_modeled": []
            if self.process.phenotypes
            else [f"phenotype of the cells (memory share, CD4:CD8): {WHY_NONE}"],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each patient."""
        import pandas as pd

        return pd.DataFrame(
            {
                "subject": np.arange(self.days.size),
                **self.values,
                "terminated": self.terminated,
                "out_of_specification": self.out_of_specification,
                "remade": self.remade,
                "fate": self.fate,
                "causes": list(self.cause_words),
                "vein_to_vein_days": self.days,
            }
        )

    def cause_rows(self) -> list[dict[str, object]]:
        """Fates and causes with their counts, for a table."""
        size = self.days.size
        counted = [("fate", name, self.fate == name) for name in FATES]
        counted += [("cause", name.replace("_", " "), hit) for name, hit in self.causes.items()]
        return [
            {"group": group, "what": what, "lots": int(hit.sum()), "percent": _percent(hit)}
            for group, what, hit in counted
            if size
        ]


def make_lots(
    process: Process,
    rule: DoseRule,
    weights: NDArray[np.float64],
    *,
    rng: RandomStream,
    waits: NDArray[np.float64] | None = None,
) -> LotRun:
    """Make one lot for each patient, and a second one where the first gave no product.

    Parameters
    ----------
    process : stages, events, specification.
    rule : the dose.
    weights : (N,) body weights [kg].
    rng : random numbers; each patient keeps its own whatever the number of patients.
    waits : (N,) days that each waited for a slot, as `run_site` gives them; none when not given.

    Raises
    ------
    InputError
        For waits that do not belong to these patients.

    Notes
    -----
    Cells kept x fold x CAR+ share x viability x recovery are the viable CAR+ cells after thawing.
    A lot of poor growth reaches an even share of its dose. A second attempt adds the stages from
    apheresis to release once more; its product is taken as conforming.

    Examples
    --------
    >>> run = make_lots(Process(), DoseRule(per_kg=1e6), np.full(500, 70.0), rng=RandomStream(1))
    >>> 10 < run.to_dict()["percent_out_of_specification"] < 25
    True
    """
    size = len(weights)
    values = {
        name: stage.at(rng.normal(f"process_{name}", subjects=size))
        for name, stage in process.stages.items()
    }
    if waits is not None and (waits.shape != (size,) or not np.all(waits >= 0.0)):
        raise InputError(
            Problem(
                what="the days of waiting do not belong to these patients",
                received=f"{waits.shape} for {size} patients",
                allowed="one number of 0 or more for each",
            )
        )
    values |= _copies(max(process.susceptible, 1e-6), np.minimum(values["copies"], _MOST_COPIES))
    for phenotype in process.phenotypes:
        u = rng.uniform(f"phenotype_{phenotype.name}", subjects=size)
        values[phenotype.name] = phenotype.distribution.quantile(u)
    dose = dose_cohort(rule, weights).cells
    cells = values["collected"] * values["enrichment"] * values["fold"] * values["car_share"]
    cells = cells * values["viability"] * values["recovery"]
    poor = rng.uniform("process_growth", subjects=size) < process.poor_growth
    cells = np.where(poor, dose * rng.uniform("process_poor_cells", subjects=size), cells)
    reached = np.minimum(cells, dose)
    values |= {"car_cells": cells, "dose": dose, "given": reached, "surplus": cells / dose}
    judgment = judge_lots(
        process.specification,
        {**values, "cd3_purity": values["purity"], "dose_per_kg": reached / weights},
    )
    terminated = rng.uniform("process_terminated", subjects=size) < process.terminated
    potency = rng.uniform("process_potency", subjects=size) < process.no_potency
    causes: dict[str, NDArray[np.bool_]] = {_TERMINATED: terminated}
    causes[_LOW_DOSE] = ~terminated & (cells < dose)
    causes |= {name: ~terminated & failed for name, failed in judgment.failures.items()}
    causes[_POTENCY] = ~terminated & potency
    outside = np.any([hit for name, hit in causes.items() if name != _TERMINATED], axis=0)
    remade = terminated & (rng.uniform("process_remake", subjects=size) < process.remake)
    values["given"] = np.where(terminated, np.where(remade, dose, 0.0), reached)
    days = np.sum([values[name] for name in TIMES], axis=0)
    days = days if waits is None else days + waits
    again = np.sum(
        [
            process.stages[name].at(rng.normal(f"process_again_{name}", subjects=size))
            for name in ("ship_in", "make", "test")
        ],
        axis=0,
    )
    days = np.where(terminated, np.where(remade, days + again, np.nan), days)
    return LotRun(
        values=values,
        causes=causes,
        terminated=terminated,
        out_of_specification=outside,
        remade=remade,
        days=days,
        process=process,
        judgment=judgment,
    )


def _copies(susceptible: float, mean: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The zero-inflated law of `zero_inflated_transduction`, for all lots at once."""
    carrying = -np.expm1(-mean)
    return {
        "car_share": susceptible * carrying,
        "copies_per_cell": susceptible * mean,
        "copies_per_car_cell": mean / carrying,
        "share_above_5": gammainc(6, mean) / carrying,
    }


def process_sensitivity(
    process: Process, rule: DoseRule, weights: NDArray[np.float64], *, rng: RandomStream
) -> list[dict[str, object]]:
    """What each stage does to the outcomes: its median moved to its lower and upper decile.

    The random numbers are the same in every row, so differences are effects of the stage. Rows are
    in the order of their largest effect, relative to the base.

    Examples
    --------
    >>> rows = process_sensitivity(Process(), DoseRule(per_kg=1e6), np.full(200, 70.0),
    ...                            rng=RandomStream(1))
    >>> {row["stage"] for row in rows if row["outcome"] == "median_days"} >= {"make", "test"}
    True
    """
    base = _outcomes(make_lots(process, rule, weights, rng=rng))
    rows: list[tuple[float, dict[str, object]]] = []
    for name, stage in process.stages.items():
        ends: list[dict[str, float]] = []
        for z in (-1.2816, 1.2816):
            median = Evidence(
                value=float(stage.at(z)),
                unit=stage.median.unit,
                mark=Mark.OWN_VALUE,
                kind=Kind.ASSUMED,
                note="decile, for the sensitivity",
            )
            moved = replace(process, stages={**process.stages, name: replace(stage, median=median)})
            ends.append(_outcomes(make_lots(moved, rule, weights, rng=rng)))
        for outcome in OUTCOMES:
            low, high = ends[0][outcome], ends[1][outcome]
            effect = max(abs(low - base[outcome]), abs(high - base[outcome]))
            if effect > 0:
                rows.append(
                    (
                        effect / max(abs(base[outcome]), 1e-12),
                        {
                            "outcome": outcome,
                            "stage": name,
                            "what": stage.what,
                            "stage_low": float(stage.at(-1.2816)),
                            "stage_high": float(stage.at(1.2816)),
                            "base": base[outcome],
                            "at_low": low,
                            "at_high": high,
                        },
                    )
                )
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _outcomes(run: LotRun) -> dict[str, float]:
    return {
        "percent_out_of_specification": _percent(run.out_of_specification),
        "median_copies": float(np.median(run.values["copies_per_car_cell"])),
        "median_days": float(np.nanmedian(run.days)),
        "median_surplus": float(np.median(run.values["surplus"])),
    }


def _percent(hit: NDArray[np.bool_]) -> float:
    return 100.0 * float(np.mean(hit))


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    marks = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    return dict(zip(("p5", "q1", "median", "q3", "p95"), map(float, marks), strict=True))
