"""The library against the second readings of Singh 2021 and Stein 2019.

Values, right-hand sides, closed forms, and trajectories through the compiler on either backend. The
second readings were written from the equations alone and meet the published numbers by themselves
(tests/unit/library/review).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from leucel.compile import compile_model
from leucel.library import get_model
from leucel.library.review import singh_2021, stein_2019
from leucel.model import ModelSpec, symbolic_system
from leucel.solve import Doses, SolveOptions, simulate

RTOL = 1e-10
IDENTITY = 1e-12
# Two ways to write one right-hand side differ by rounding alone, enlarged where association and
# dissociation of complexes, or growth and kill, almost cancel. The library's guard of 1e-12
# molecules/L is not seen: the random states have at least one complex in a liter.
SAME_EQUATIONS = 1e-10
# Two solvers at 1e-10 a step, over thousands of steps: 4e-7 was the most that was seen at 1e-9.
SAME_COURSE = 1e-6

SINGH = "singh_2021_idecabtagene"
STEIN = "stein_2019_tisagenlecleucel"
SINGH_SYMBOLS = {
    "k_expansion_max": "Gmax",
    "ec50_expansion": "G50",
    "k_memory": "r",
    "k_loss_effector": "kE",
    "k_loss_memory": "kM",
    "k_blood_marrow": "k12",
    "k_marrow_blood": "k21",
    "k_kill_max": "Hmax",
    "ec50_kill": "H50",
    "n_m_protein": "gP",
    "n_s_bcma": "gS",
    "k_growth": "kg",
    "k_on": "kon",
    "k_off": "koff",
    "cars_per_cell": "NCAR",
    "antigens_per_cell": "NAg",
    "copies_per_cell": "TransC",
    "vol_blood": "Vb",
    "vol_marrow": "Vt",
    "tumor_0": "U0",
    "effector_seed": "Et0",
    "k_loss_m_protein": "kP",
    "k_production_m_protein": "pP",
    "k_loss_s_bcma": "kS",
    "k_production_s_bcma": "pS",
}
SINGH_STATES = {
    "effector_blood": "Eb",
    "memory_blood": "Mb",
    "effector_marrow": "Et",
    "memory_marrow": "Mt",
    "complexes": "X",
    "tumor": "U",
    "m_protein": "P",
    "s_bcma": "S",
}
STEIN_SYMBOLS = {
    "fold_expansion": "F",
    "t_max": "Tm",
    "c_max": "Cm",
    "k_decline_fast": "a",
    "fraction_slow": "B",
    "k_decline_slow": "b",
}
# The rule of extinction is of leucel, not of the paper: no counterpart in the second reading.
OWN_PARAMETERS = {"guard", "extinction_cells"}
RANDOM_CASES = 200
DAYS = np.arange(0.0, 90.5, 0.5)
# Relative accuracy on the whole way down of tumor and sBCMA; a usual tolerance would cut it off.
ATOL_DEEP = np.array([1e-12, 1e-12, 1e-14, 1e-12, 1e-20, 1e-25, 1e-20, 1e-30])
# Copies/ug. Memory cells start from nothing at the kink of the peak: a step across it never meets a
# tolerance that is relative alone.
ATOL_STEIN = 1e-9
BACKENDS = ("reference", "cpu")

Values = dict[str, float]


def singh_as_published() -> ModelSpec:
    return get_model(SINGH, extinction="none")[0]


def library_values(spec: ModelSpec, symbols: dict[str, str], p: Values) -> list[float]:
    """Parameters of the library in its order, from those of the second reading."""
    return [p[symbols[q.name]] if q.name in symbols else q.value for q in spec.parameters]


def evaluator(spec: ModelSpec, part: str) -> Callable[..., list[float]]:
    """One part of the symbolic system as a function of time, states and parameters."""
    system = symbolic_system(spec)
    arguments = [system.time, list(system.states), list(system.parameters)]
    return sympy.lambdify(arguments, list(getattr(system, part)), "math")


def scattered(rng: np.random.Generator, typical: Values, spread: float) -> Values:
    return {name: value * np.exp(rng.normal(0.0, spread)) for name, value in typical.items()}


def random_state(rng: np.random.Generator, p: Values) -> NDArray[np.float64]:
    """A state of Singh 2021 far and near: nine orders of cells, seven of tumor, X that can be."""
    Eb, Mb, Et, Mt = 10.0 ** rng.uniform(2.0, 11.0, 4)
    U = p["U0"] * 10.0 ** rng.uniform(-6.0, 1.0)
    most = min((Et + Mt) / p["Vt"] * p["NCAR"], U * p["NAg"])
    X = max(1.0, most * 10.0 ** rng.uniform(-6.0, 0.0))
    return np.array([Eb, Mb, Et, Mt, X, U, 10.0 ** rng.uniform(-3, 1), 10.0 ** rng.uniform(-1, 4)])


def deviation(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return float(np.max(np.abs(np.asarray(theirs) / np.asarray(ours) - 1.0)))


def in_library_terms(out: dict[str, NDArray]) -> dict[str, NDArray]:
    """Outputs of the second reading under the names of the library."""
    relative = {
        "m_protein_relative": 1.0 + out["m_protein_change"] / 100.0,
        "s_bcma_relative": 1.0 + out["s_bcma_change"] / 100.0,
    }
    kept = ("transgene", "s_bcma", "tumor_relative", "tumor_total")
    return relative | {name: out[name] for name in kept}


def test_singh_has_the_values_of_the_second_reading() -> None:
    spec, card = get_model(SINGH)
    names = {q.name for q in spec.parameters}
    assert names == set(SINGH_SYMBOLS) | OWN_PARAMETERS
    assert set(dict(card.symbols)) == set(SINGH_SYMBOLS)
    assert [s.name for s in spec.states] == list(SINGH_STATES)
    assert tuple(SINGH_STATES.values()) == singh_2021.STATES
    for name, symbol in SINGH_SYMBOLS.items():
        parameter = spec.parameter(name)
        assert parameter.value == singh_2021.TYPICAL[symbol], name
        assert parameter.omega == singh_2021.OMEGA.get(symbol), name


def test_stein_has_the_values_of_the_second_reading() -> None:
    for id in (STEIN, f"{STEIN}_ode"):
        for reading, omega_of in (("variances", np.sqrt), ("standard_deviations", float)):
            spec, card = get_model(id, random_effects=reading)
            assert {q.name for q in spec.parameters} == set(STEIN_SYMBOLS)
            assert set(dict(card.symbols)) == set(STEIN_SYMBOLS)
            for name, symbol in STEIN_SYMBOLS.items():
                parameter = spec.parameter(name)
                assert parameter.value == stein_2019.TYPICAL[symbol], name
                tabulated = omega_of(stein_2019.TABULATED[symbol])
                assert parameter.omega == pytest.approx(tabulated, rel=IDENTITY), name


def test_singh_has_the_same_equations() -> None:
    spec = singh_as_published()
    system = symbolic_system(spec)
    assert system.dose_state == list(SINGH_STATES).index("effector_blood")
    rhs, initial, outputs = (evaluator(spec, part) for part in ("rhs", "initial", "outputs"))
    rng = np.random.default_rng(2021)
    for _ in range(RANDOM_CASES):
        p = scattered(rng, singh_2021.TYPICAL, 0.7)
        y = random_state(rng, p)
        values = library_values(spec, SINGH_SYMBOLS, p)
        mine = singh_2021.right_hand_side(0.0, y, p)
        assert deviation(rhs(0.0, list(y), values), mine) < SAME_EQUATIONS
        start = np.array(initial(0.0, list(y), values))
        assert start == pytest.approx(singh_2021.initial(0.0, p), rel=IDENTITY)
        seen = dict(zip(system.output_names, outputs(0.0, list(y), values), strict=True))
        expected = in_library_terms(singh_2021.outputs(y, p))
        assert set(seen) == set(expected)
        for name, value in expected.items():
            assert seen[name] == pytest.approx(float(value), rel=SAME_EQUATIONS), name


def test_stein_has_the_same_equations() -> None:
    spec = get_model(f"{STEIN}_ode")[0]
    rhs, initial, outputs = (evaluator(spec, part) for part in ("rhs", "initial", "outputs"))
    rng = np.random.default_rng(2019)
    for _ in range(RANDOM_CASES):
        p = scattered(rng, stein_2019.TYPICAL, 0.7)
        values = library_values(spec, STEIN_SYMBOLS, p)
        y = 10.0 ** rng.uniform(-2.0, 5.0, 2)
        assert initial(0.0, list(y), values) == pytest.approx(stein_2019.initial(p), rel=IDENTITY)
        assert outputs(0.0, list(y), values) == pytest.approx([y.sum()], rel=IDENTITY)
        # Away from the jump at the peak, on either side of it.
        for t in (p["Tm"] * rng.uniform(0.0, 0.99), p["Tm"] * rng.uniform(1.01, 9.0)):
            mine = stein_2019.right_hand_side(t, y, p)
            theirs = rhs(t, list(y), values)
            assert theirs == pytest.approx(list(mine), rel=SAME_EQUATIONS, abs=0.0)


def test_stein_has_the_same_closed_form() -> None:
    spec = get_model(STEIN)[0]
    outputs = evaluator(spec, "outputs")
    rng = np.random.default_rng(2019)
    for _ in range(RANDOM_CASES):
        p = scattered(rng, stein_2019.TYPICAL, 0.7)
        values = library_values(spec, STEIN_SYMBOLS, p)
        times = np.append(p["Tm"] * rng.uniform(0.0, 10.0, 5), [0.0, p["Tm"]])
        theirs = [outputs(t, [], values)[0] for t in times]
        assert deviation(theirs, stein_2019.closed_form(times, p)) < IDENTITY


@pytest.fixture(scope="module")
def population() -> tuple[list[Values], NDArray, NDArray]:
    """Typical and varied patients of Singh 2021, their doses, and our course of each, (N, S, T)."""
    rng = np.random.default_rng(33)
    varied = [
        {s: v * np.exp(singh_2021.OMEGA.get(s, 0.0) * rng.normal()) for s, v in typical.items()}
        for typical in [singh_2021.TYPICAL] * 5
    ]
    patients = [dict(singh_2021.TYPICAL)] * 3 + varied
    doses = np.array([50e6, 150e6, 450e6, 50e6, 150e6, 450e6, 800e6, 450e6])
    courses = []
    for p, dose in zip(patients, doses, strict=True):
        run = solve_ivp(
            lambda t, y, p=p: singh_2021.right_hand_side(t, y, p),
            (0.0, DAYS[-1]),
            singh_2021.initial(dose, p),
            method="LSODA",
            t_eval=DAYS,
            rtol=RTOL,
            atol=ATOL_DEEP,
        )
        assert run.success
        courses.append(run.y)
    return patients, doses, np.array(courses)


@pytest.mark.parametrize("backend", BACKENDS)
def test_singh_takes_the_same_course(population: tuple, backend: str) -> None:
    patients, doses, courses = population
    result = simulate(
        compile_model(singh_as_published(), backend=backend),
        parameters={q: np.array([p[s] for p in patients]) for q, s in SINGH_SYMBOLS.items()},
        times=DAYS,
        doses=Doses.bolus(doses),
        outputs=tuple(SINGH_STATES),
        options=SolveOptions(rtol=RTOL),
    )
    result.require_ok()
    # At time 0 memory cells and complexes are 0 in both; from then on nothing is.
    for index, name in enumerate(SINGH_STATES):
        theirs, mine = result.output(name), courses[:, index]
        assert theirs[:, 0] == pytest.approx(mine[:, 0], rel=IDENTITY), name
        assert deviation(theirs[:, 1:], mine[:, 1:]) < SAME_COURSE, name


def course_with_extinction(p: Values, dose: float) -> tuple[float, NDArray]:
    """Time at which the tumor falls below one cell, and the course after the rule of leucel.

    Without tumor and complexes the four pools of cells are linear, and both markers decay: the
    second part of the course needs no solver.
    """

    def last_cell(t: float, y: NDArray) -> float:
        return y[5] * p["Vt"] - 1.0

    last_cell.terminal = True
    last_cell.direction = -1.0
    run = solve_ivp(
        lambda t, y: singh_2021.right_hand_side(t, y, p),
        (0.0, DAYS[-1]),
        singh_2021.initial(dose, p),
        method="LSODA",
        dense_output=True,
        events=last_cell,
        rtol=RTOL,
        atol=ATOL_DEEP,
    )
    end = run.t_events[0][0]
    at_end = run.y_events[0][0]
    flow = np.array(
        [
            [-p["k12"] - p["kE"], 0.0, p["k21"], 0.0],
            [0.0, -p["k12"] - p["kM"], 0.0, p["k21"]],
            [p["k12"], 0.0, -p["k21"] - p["r"], 0.0],
            [0.0, p["k12"], p["r"], -p["k21"]],
        ]
    )
    course = np.zeros((8, DAYS.size))
    before = end > DAYS
    course[:, before] = run.sol(DAYS[before])
    for column in np.flatnonzero(~before):
        since = DAYS[column] - end
        course[:4, column] = expm(flow * since) @ at_end[:4]
        course[6, column] = at_end[6] * np.exp(-p["kP"] * since)
        course[7, column] = at_end[7] * np.exp(-p["kS"] * since)
    return end, course


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("return_rate", [0.02, 0.05])
def test_singh_loses_the_last_tumor_cell_at_the_same_time(backend: str, return_rate: float) -> None:
    # CAR-T cells that stay in the marrow kill to the last cell, on days 73 and 74.
    p = singh_2021.TYPICAL | {"k21": return_rate}
    end, course = course_with_extinction(p, 450e6)
    result = simulate(
        compile_model(get_model(SINGH)[0], backend=backend),
        parameters={"k_marrow_blood": return_rate},
        times=DAYS,
        doses=Doses.bolus(450e6),
        outputs=tuple(SINGH_STATES),
        options=SolveOptions(rtol=RTOL),
    )
    result.require_ok()
    assert result.event_times["tumor_extinct"][0] == pytest.approx(end, rel=SAME_COURSE)
    for index, name in enumerate(SINGH_STATES):
        theirs = result.output(name)[0]
        # Dense output between two steps is less sharp than the steps: hence not RTOL.
        assert theirs == pytest.approx(course[index], rel=SAME_COURSE, abs=0.0), name


@pytest.mark.parametrize("backend", BACKENDS)
def test_stein_takes_the_same_course(backend: str) -> None:
    rng = np.random.default_rng(90)
    patients = [
        {s: v * np.exp(np.sqrt(stein_2019.TABULATED.get(s, 0.0)) * rng.normal()) for s, v in p}
        for p in [stein_2019.TYPICAL.items()] * 20
    ]
    patients.append(dict(stein_2019.TYPICAL))
    parameters = {q: np.array([p[s] for p in patients]) for q, s in STEIN_SYMBOLS.items()}
    expected = np.array([stein_2019.closed_form(DAYS, p) for p in patients])
    for id, tolerance in ((STEIN, IDENTITY), (f"{STEIN}_ode", SAME_COURSE)):
        result = simulate(
            compile_model(get_model(id)[0], backend=backend),
            parameters=parameters,
            times=DAYS,
            options=SolveOptions(rtol=RTOL, atol=ATOL_STEIN),
        )
        result.require_ok()
        assert deviation(result.output("transgene"), expected) < tolerance, id
