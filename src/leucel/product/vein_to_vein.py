"""Stage times scaled until the time from vein to vein has published quartiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leucel.core import Evidence, InputError, Problem, RandomStream
from leucel.product.process import TIMES, Process
from leucel.product.waiting import lognormal_from_quartiles

_DRAWS = 20_000
# The spread is searched between a tenth and twenty times that of the stages.
_LEAST, _MOST = 0.1, 20.0


def calibrate_times(
    process: Process, *, median: float, q1: float, q3: float, evidence: Evidence
) -> Process:
    """The process with stage times whose sum has this median and these quartiles.

    All medians are multiplied by one factor and all spreads by another, so that the shares of the
    stages stay as they were: published are totals, not stages.

    Parameters
    ----------
    process : its stages of time are scaled.
    median, q1, q3 : days from apheresis to infusion, without waiting for a slot.
    evidence : where the three numbers come from.

    Raises
    ------
    InputError
        For quartiles out of order, or a spread that the stages cannot have.

    Notes
    -----
    A total of stages that are log-normal is nearly log-normal: the ratio of its quartiles is that
    of sigma = ln(Q3/Q1)/1.349. The factors are found on 20,000 fixed draws.

    Examples
    --------
    >>> from leucel.core import Mark
    >>> from leucel.product.dose import DoseRule
    >>> from leucel.product.lot_run import make_lots
    >>> source = Evidence(value=60.0, unit="day", source="study", mark=Mark.SECONDARY)
    >>> slow = calibrate_times(Process(), median=60.0, q1=50.0, q3=80.0, evidence=source)
    >>> run = make_lots(slow, DoseRule(flat=1e8), np.full(4000, 70.0), rng=RandomStream(3))
    >>> days = run.days[run.infused & ~run.remade]
    >>> [round(float(x), -1) for x in np.quantile(days, [0.5])]
    [60.0]
    """
    from scipy.optimize import root_scalar

    law = lognormal_from_quartiles(median=median, q1=q1, q3=q3)
    rng = RandomStream(0)
    stages = [process.stages[name] for name in TIMES]
    draws = [rng.normal(f"calibrate_{name}", subjects=_DRAWS) for name in TIMES]

    def total(factor: float) -> NDArray[np.float64]:
        return np.sum(
            [
                stage.median.number * np.exp(factor * stage.sigma * z)
                for stage, z in zip(stages, draws, strict=True)
            ],
            axis=0,
        )

    def excess(factor: float) -> float:
        low, high = np.quantile(total(factor), [0.25, 0.75])
        return float(np.log(high / low)) - 1.349 * law.sigma

    if not excess(_LEAST) < 0.0 < excess(_MOST):
        raise InputError(
            Problem(
                what="the stages cannot have this spread of the time from vein to vein",
                received=f"Q1 {q1:g}, median {median:g}, Q3 {q3:g} days",
                fix="give the spreads of the stages themselves",
            )
        )
    spread = float(root_scalar(excess, bracket=(_LEAST, _MOST), xtol=1e-6).root)
    factor = median / float(np.median(total(spread)))
    changed = {
        name: replace(
            process.stages[name],
            median=replace(
                process.stages[name].median,
                value=process.stages[name].median.number * factor,
                source=evidence.source,
                mark=evidence.mark,
                kind=evidence.kind,
                note=f"scaled by {factor:.3g} so that vein to vein takes {median:g} days "
                f"({q1:g} to {q3:g})",
            ),
            sigma=process.stages[name].sigma * spread,
            spread=f"scaled by {spread:.3g} to the same quartiles",
        )
        for name in TIMES
    }
    return replace(process, stages={**process.stages, **changed})
