"""The response part: tumor and markers, response, progression, and the published results beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from leucel.core import InputError, Problem, Progress
from leucel.programme.parts.cohort import trial_design
from leucel.programme.plain import plain
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    import pandas as pd

    from leucel.programme.reader import Programme
    from leucel.trials import Calibration, TrialModels, TrialResult

_CURVES = {"pfs": "km_pfs", "dor": "km_dor"}
_CATEGORIES = ("CR", "VGPR", "PR", "SD", "PD", "NE")


def response_part(given: PartInput) -> PartResult:
    """Run the virtual trial and put its endpoints beside the published ones."""
    from leucel.library import bibliography_of
    from leucel.trials import sources

    arguments = given.arguments
    result, models = programme_trial(
        given.programme,
        patients=arguments.patients,
        months=arguments.months,
        seed=arguments.seed,
        threads=given.threads,
        progress=given.progress,
    )
    summary = result.to_summary()
    assumptions = tuple(plain(summary.pop("assumptions")))
    cited = bibliography_of(models.response.spec)
    return PartResult(
        summary={"trial": summary},
        tables=response_tables(result),
        assumptions=assumptions,
        sources={**sources(), **{source.id: source for source in cited}},
        models={result.design.response.model: models.response.spec.content_hash},
    )


def programme_trial(
    programme: Programme,
    *,
    patients: int,
    months: float,
    seed: int,
    threads: int,
    progress: Progress,
) -> tuple[TrialResult, TrialModels]:
    """The virtual trial of a programme, and the models it ran on.

    Parameters
    ----------
    programme : the programme.
    patients, months, seed : of this run.
    threads : how many to use; the numbers do not depend on it.
    progress : told of the patients done.
    """
    from leucel.solve import SolveOptions
    from leucel.trials import compile_trial, run_trial

    design = trial_design(programme)
    models = compile_trial(design)
    result = run_trial(
        design,
        patients=patients,
        months=float(months),
        seed=seed,
        models=models,
        options=SolveOptions(threads=threads),
        progress=progress,
    )
    return result, models


def programme_calibration(
    programme: Programme,
    *,
    part: Literal["kinetics", "response"],
    patients: int,
    months: float,
    seed: int,
    progress: Progress,
) -> Calibration:
    """Move the adjustable parameters of a part until its calibration targets are met.

    Raises
    ------
    InputError
        When the programme lists no adjustable parameter of that part.
    """
    from leucel.trials import Adjustable, calibrate

    movable = tuple(
        Adjustable(
            name=entry.name,
            low=entry.low,
            high=entry.high,
            prior=entry.prior,
            prior_factor=entry.prior_factor,
        )
        for entry in programme.file.trial.adjustable
        if entry.name.startswith(f"{part}.")
    )
    if not movable:
        raise InputError(
            Problem(
                what=f"the programme lists no adjustable parameter of the {part}",
                fix=f"add [[trial.adjustable]] with name = '{part}.PARAMETER', low and high",
            )
        )
    return calibrate(
        trial_design(programme),
        part,
        movable,
        patients=patients,
        months=float(months),
        seed=seed,
        progress=progress,
    )


def response_tables(result: TrialResult) -> dict[str, pd.DataFrame]:
    """Tables of a virtual trial as the dossier reads them."""
    frames = result.to_frames()
    courses = frames["trial_courses"].rename(columns={"time": "day"})
    curves = frames.get("trial_survival")
    tables = {
        "trial_patients": frames["trial_patients"],
        "trial_endpoints": frames["trial_endpoints"],
        "response_over_time": frames["trial_response"],
        "response_quantiles": _only(courses, "output", "transgene", keep=False),
        "waterfall": frames["trial_waterfall"].rename(
            columns={"value": "best_change_percent", "best_response": "response"}
        ),
        "best_response": _best_response(frames["trial_patients"]),
    }
    if "trial_comparisons" in frames:
        tables["trial_comparisons"] = frames["trial_comparisons"]
    if curves is not None:
        for name, table in _CURVES.items():
            tables[table] = _only(curves, "name", name).rename(columns={"month": "time_months"})
    return tables


def _only(frame: pd.DataFrame, column: str, value: str, *, keep: bool = True) -> pd.DataFrame:
    """The rows in which a column has a value, or those in which it has another."""
    rows: pd.DataFrame = frame.loc[(frame[column] == value) == keep]
    return rows.reset_index(drop=True)


def _best_response(patients: pd.DataFrame) -> pd.DataFrame:
    """Patients by best response, in percent of all treated, with exact limits."""
    import pandas as pd

    from leucel.stats import clopper_pearson

    n = len(patients)
    rows: list[dict[str, object]] = []
    for category in _CATEGORIES:
        count = int((patients["best_response"] == category).sum())
        if category == "NE" and not count:
            continue
        share = clopper_pearson(count, n)
        rows.append(
            {
                "category": category,
                "count": count,
                "percent": 100.0 * share.estimate,
                "low": 100.0 * share.low,
                "high": 100.0 * share.high,
            }
        )
    return pd.DataFrame(rows)
