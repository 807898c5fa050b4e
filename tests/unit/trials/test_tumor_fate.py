"""Cure and progression by chance, beside the equations and what the paper says of both."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.core import InputError, RandomStream, Status
from leucel.library import get_model
from leucel.solve import simulate
from leucel.trials import tumor_fates

MODEL = "kimmel_2021_axicabtagene"
N = 200
ERRORS = 4.0
SLOW = {"tumor_growth": "slow"}


def cure(days: float, **values: float) -> float:
    """Probability of cure by the equation that the card carries."""
    spec, _ = get_model(MODEL, tumor_growth="slow", extinction="birth_death")
    found = simulate(compile_model(spec), parameters=dict(values), times=np.array([0.0, days]))
    return float(found.output("cure")[0, -1])


def test_the_share_of_cures_is_that_of_the_equation() -> None:
    found = tumor_fates(patients=N, stream=RandomStream(11), choices=SLOW, days=150.0)
    wanted = cure(150.0)
    assert 0.3 < wanted < 0.9
    assert found.cured.mean() == pytest.approx(
        wanted, abs=ERRORS * np.sqrt(wanted * (1 - wanted) / N)
    )
    assert (found.status == int(Status.OK)).all()
    assert not (found.cured & found.progressed).any()


def test_exact_simulation_agrees_where_it_can_be_done() -> None:
    """A tumor of two thousand cells: every birth and death is drawn."""
    small = {"volume_start": 2e-6}
    exact, leaps = (
        tumor_fates(patients=N, stream=RandomStream(seed), choices={"tumor_growth": "fast"},
                    values=small, days=20.0, method=method)  # type: ignore[arg-type]
        for method, seed in (("exact", 1), ("tau_leaping", 2))
    )  # fmt: skip
    assert 0.02 < exact.cured.mean() < 0.98 or exact.cured.mean() == leaps.cured.mean()
    assert exact.cured.mean() == pytest.approx(leaps.cured.mean(), abs=ERRORS * np.sqrt(0.5 / N))


def test_turnover_makes_cure_likelier() -> None:
    plain, turning = (
        tumor_fates(patients=60, stream=RandomStream(1), choices={"tumor_growth": "medium"},
                    values={"volume_start": 2.0}, turnover=turnover, days=80.0)
        for turnover in (0.0, 1.0)
    )  # fmt: skip
    assert turning.cured.mean() > plain.cured.mean()


@pytest.mark.slow
def test_what_the_paper_says_of_cure_and_progression() -> None:
    """Most cures between days 20 and 80, hardly any after day 140; progression from day 200 to 500.

    The paper gives no numbers: "most" is taken as more than half, "typical" as nine in ten.
    """
    found = tumor_fates(patients=600, stream=RandomStream(7), choices=SLOW, variation=0.05)
    days = found.cure_day[found.cured]
    assert ((days >= 20) & (days <= 80)).mean() > 0.5
    assert (days > 140).mean() < 0.02
    later = found.progression_day[found.progressed]
    assert ((later >= 200) & (later <= 500)).mean() > 0.9
    # Chance alone gives a narrower spread than patients who differ.
    alike = tumor_fates(patients=600, stream=RandomStream(7), choices=SLOW)
    assert np.ptp(np.quantile(alike.cure_day[alike.cured], [0.05, 0.95])) < np.ptp(
        np.quantile(days, [0.05, 0.95])
    )


def test_a_summary_is_ready_for_json() -> None:
    told = tumor_fates(
        patients=20, stream=RandomStream(1), choices={"tumor_growth": "fast"}, days=60.0
    ).to_summary()
    assert told["cured"] == {
        "count": 0, "share": 0.0, "low": 0.0, "high": pytest.approx(0.161, abs=1e-3),
        "day_5": None, "day_50": None, "day_95": None,
    }  # fmt: skip
    assert told["status"] == {"OK": 20}


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        tumor_fates(patients=0, stream=RandomStream(1), turnover=-1.0, variation=2.0, days=0.0)
    assert len(caught.value.problems) == 4
    with pytest.raises(InputError, match="did you mean 'slow'"):
        tumor_fates(patients=1, stream=RandomStream(1), choices={"tumor_growth": "slo"})
