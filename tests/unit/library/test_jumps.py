"""Jumps of whole numbers: closed forms, the mean of the equations, and faults of a model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, poisson

from leucel.core import InputError, ModelError, RandomStream, Status
from leucel.library import JumpModel, Reaction, Watch, simulate_jumps
from leucel.library.rates import poisson_quantile
from leucel.model import Parameter

N = 3000
# A share or a mean of N subjects lies within four standard errors but for one run in 16,000; the
# seed is fixed, so a run that passes passes always.
ERRORS = 4.0
BIRTH, DEATH = 0.3, 0.5


def births_and_deaths(start: str, *, death: str = "d*n", bound: str = "") -> JumpModel:
    return JumpModel(
        name="births_and_deaths",
        parameters=(
            Parameter(name="b", value=BIRTH, unit="1/day"),
            Parameter(name="d", value=DEATH, unit="1/day"),
        ),
        initial={"n": start},
        reactions=(
            Reaction(name="birth", rate="b*n", change={"n": 1}),
            Reaction(name="death", rate=death, change={"n": -1}, bound=bound),
        ),
        drivers=("c",) if "c" in death else (),
    )


def extinct_by(t: np.ndarray, start: int, b: float = BIRTH, d: float = DEATH) -> np.ndarray:
    """Probability that a linear birth-death process has ended by t (Kendall 1948)."""
    e = np.exp((b - d) * t)
    return (d * (e - 1.0) / (b * e - d)) ** start


@pytest.mark.parametrize("method", ["exact", "tau_leaping"])
def test_the_last_cell_goes_as_in_the_closed_form(method: str) -> None:
    times = np.linspace(0.0, 20.0, 6)
    found = simulate_jumps(
        births_and_deaths("20"),
        times=times,
        stream=RandomStream(3),
        subjects=N,
        watches=(Watch(name="end", state="n", level=0.0, rising=False),),
        method=method,  # type: ignore[arg-type]
    )
    wanted = extinct_by(times, 20)
    shares = (found.counts["n"] == 0).mean(axis=0)
    assert shares == pytest.approx(wanted, abs=ERRORS * 0.5 / np.sqrt(N))
    by_moment = (found.moments["end"][:, None] <= times).mean(axis=0)
    assert by_moment == pytest.approx(shares)
    assert (found.status == int(Status.OK)).all()


def test_a_growing_population_dies_out_with_the_known_probability() -> None:
    """Births at 0.5, deaths at 0.3: one cell in the end dies out with 0.6."""
    found = simulate_jumps(
        births_and_deaths("1"),
        times=np.array([0.0, 60.0]),
        stream=RandomStream(8),
        subjects=N,
        parameters={"b": 0.5, "d": 0.3},
        watches=(
            Watch(name="gone", state="n", level=0.0, rising=False),
            Watch(name="many", state="n", level=60.0, rising=True),
        ),
    )
    assert np.isfinite(found.moments["gone"]).mean() == pytest.approx(
        0.6, abs=ERRORS * 0.5 / np.sqrt(N)
    )
    assert (np.isfinite(found.moments["gone"]) ^ np.isfinite(found.moments["many"])).all()


@pytest.mark.parametrize("start", ["2000", "1e9"])
def test_leaps_have_the_mean_and_the_spread_of_the_process(start: str) -> None:
    times = np.linspace(0.0, 15.0, 4)
    found = simulate_jumps(
        births_and_deaths(start), times=times, stream=RandomStream(5), subjects=N,
        method="tau_leaping",
    )  # fmt: skip
    decay = np.exp((BIRTH - DEATH) * times)
    mean = float(start) * decay
    spread = mean * (BIRTH + DEATH) / (DEATH - BIRTH) * (1.0 - decay)
    counts = found.counts["n"]
    # The midpoint rule errs by the cube of a step of 2%, a millionth in each of 150 steps.
    room = ERRORS * np.sqrt(spread / N) + 3e-4 * mean
    assert (np.abs(counts.mean(axis=0) - mean) <= room).all()
    assert counts.var(axis=0)[1:] == pytest.approx(spread[1:], rel=ERRORS * np.sqrt(2.0 / N) + 0.03)
    assert (counts == np.round(counts)).all()


def test_leaps_and_single_events_have_one_distribution() -> None:
    times = np.array([0.0, 6.0])
    found = [
        simulate_jumps(
            births_and_deaths("400"), times=times, stream=RandomStream(seed), subjects=1000,
            method=method,  # type: ignore[arg-type]
        ).counts["n"][:, 1]
        for method, seed in (("exact", 1), ("tau_leaping", 2))
    ]  # fmt: skip
    assert ks_2samp(*found).pvalue > 1e-3


def test_a_driver_acts_through_thinning() -> None:
    """Deaths at the rate of a course that rises as 0.1 t: ln survival falls as 0.05 t^2."""
    model = births_and_deaths("1", death="c*n", bound="2*n")
    when = np.linspace(0.0, 10.0, 11)
    found = simulate_jumps(
        model, times=np.linspace(0.0, 10.0, 5), stream=RandomStream(4), subjects=N,
        parameters={"b": 0.0}, drivers={"c": (when, 0.1 * when)},
    )  # fmt: skip
    alive = found.counts["n"].mean(axis=0)
    wanted = np.exp(-0.05 * found.times**2)
    assert alive == pytest.approx(wanted, abs=ERRORS * 0.5 / np.sqrt(N))


def test_each_subject_can_have_its_own_driver_and_parameters() -> None:
    model = births_and_deaths("50", death="c*n", bound="2*n")
    when = np.array([0.0, 10.0])
    levels = np.repeat([[0.1, 0.1], [1.0, 1.0]], 500, axis=0)
    found = simulate_jumps(
        model, times=np.array([0.0, 2.0]), stream=RandomStream(6), subjects=1000,
        parameters={"b": np.repeat([0.5, 0.0], 500)}, drivers={"c": (when, levels)},
    )  # fmt: skip
    mean = found.counts["n"][:, 1].reshape(2, 500).mean(axis=1)
    assert mean == pytest.approx([50 * np.exp(0.8), 50 * np.exp(-2.0)], rel=0.05)


@pytest.mark.parametrize("method", ["exact", "tau_leaping"])
def test_a_subject_is_the_same_among_few_and_many(method: str) -> None:
    few, many = (
        simulate_jumps(
            births_and_deaths("300"), times=np.linspace(0.0, 9.0, 4), stream=RandomStream(2),
            subjects=n, method=method,  # type: ignore[arg-type]
        )
        for n in (7, 200)
    )  # fmt: skip
    assert (few.counts["n"] == many.counts["n"][:7]).all()


def test_a_bound_that_does_not_hold_is_a_status() -> None:
    model = births_and_deaths("30", death="c*n", bound="0.1*n")
    found = simulate_jumps(
        model, times=np.array([0.0, 5.0]), stream=RandomStream(1), subjects=5,
        drivers={"c": (np.array([0.0, 5.0]), np.array([3.0, 3.0]))},
    )  # fmt: skip
    assert (found.status == int(Status.NON_FINITE)).all()


def test_too_many_steps_are_a_status() -> None:
    found = simulate_jumps(
        births_and_deaths("1e6"), times=np.array([0.0, 5.0]), stream=RandomStream(1), subjects=3,
        most_steps=200,
    )  # fmt: skip
    assert (found.status == int(Status.MAX_STEPS)).all()


def test_all_faults_of_a_model_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        JumpModel(
            name="faulty",
            parameters=(Parameter(name="k", value=1.0),),
            initial={"n": "m"},
            reactions=(
                Reaction(name="a", rate="k*n*t", change={"n": 1}),
                Reaction(name="b", rate="kk*n", change={"o": 1}),
            ),
        )
    told = [str(p) for p in caught.value.problems]
    assert len(told) == 4
    assert any("needs a bound" in t for t in told)
    assert any("'kk'" in t and "'k'" in t for t in told)
    with pytest.raises(ModelError):
        JumpModel(name="x", parameters=(), initial={"n": "("}, reactions=())


def test_all_faults_of_a_call_come_at_once() -> None:
    model = births_and_deaths("30", death="c*n", bound="n")
    with pytest.raises(InputError) as caught:
        simulate_jumps(
            model, times=np.array([0.0, 0.0]), stream=RandomStream(1), subjects=3,
            parameters={"bb": 1.0, "d": np.ones(2)},
        )  # fmt: skip
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.5, 3.0, 40.0, 999.0])
def test_poisson_numbers_are_the_inverse_of_the_distribution(mean: float) -> None:
    uniform = (np.arange(4000) + 0.5) / 4000
    assert (poisson_quantile(uniform, np.full(4000, mean)) == poisson.ppf(uniform, mean)).all()


@pytest.mark.parametrize("mean", [1e3, 1e5, 1e9])
def test_large_poisson_numbers_are_right_to_one(mean: float) -> None:
    uniform = (np.arange(300) + 0.5) / 300
    off = np.abs(poisson_quantile(uniform, np.full(300, mean)) - poisson.ppf(uniform, mean))
    assert off.max() <= 1.0
    assert (off > 0).mean() < 0.02
