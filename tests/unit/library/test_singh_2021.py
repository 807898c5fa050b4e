"""Singh 2021: the equations as written against the equations as published."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from leucel.compile import compile_model
from leucel.library import get_model
from leucel.model import symbolic_system
from leucel.solve import SolveOptions, simulate

SPEC, CARD = get_model("singh_2021_idecabtagene")
# The guard in the denominators is 1e-12 against values above 1e-2.
GUARD = 1e-9


def published(x: dict[str, float], p: dict[str, float]) -> list[float]:
    """The derivatives with the quotients of the paper, complexes per CAR-T and per tumor cell."""
    density = (x["effector_marrow"] + x["memory_marrow"]) / p["vol_marrow"]
    per_car, per_tumor = x["complexes"] / density, x["complexes"] / x["tumor"]
    growth = p["k_expansion_max"] * per_car / (p["ec50_expansion"] + per_car)
    kill = p["k_kill_max"] * per_tumor / (p["ec50_kill"] + per_tumor)
    free_cars = density * p["cars_per_cell"] - x["complexes"]
    free_antigens = x["tumor"] * p["antigens_per_cell"] - x["complexes"]
    ratio = x["tumor"] / p["tumor_0"]
    k12, k21 = p["k_blood_marrow"], p["k_marrow_blood"]
    eb, mb, et, mt = (
        x[n] for n in ("effector_blood", "memory_blood", "effector_marrow", "memory_marrow")
    )
    return [
        -k12 * eb + k21 * et - p["k_loss_effector"] * eb,
        -k12 * mb + k21 * mt - p["k_loss_memory"] * mb,
        k12 * eb - k21 * et + growth * et - p["k_memory"] * et,
        k12 * mb - k21 * mt + p["k_memory"] * et,
        p["k_on"] * 86400 / 6.023e23 * free_cars * free_antigens
        - p["k_off"] * 86400 * x["complexes"],
        (p["k_growth"] - kill) * x["tumor"],
        1e-12 * p["k_production_m_protein"] * p["tumor_0"] * ratio ** p["n_m_protein"]
        - p["k_loss_m_protein"] * x["m_protein"],
        1e-6 * p["k_production_s_bcma"] * p["tumor_0"] * ratio ** p["n_s_bcma"]
        - p["k_loss_s_bcma"] * x["s_bcma"],
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_equations_are_those_of_the_paper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    system = symbolic_system(SPEC)
    rhs = sympy.lambdify((*system.states, *system.parameters), system.rhs)
    states = {s.name: float(10.0 ** rng.uniform(-2, 9)) for s in SPEC.states}
    parameters = {
        p.name: p.value * float(np.exp(0.3 * rng.standard_normal())) for p in SPEC.parameters
    } | {"guard": 1e-12}
    ours = np.array(rhs(*states.values(), *parameters.values()), dtype=float)
    assert ours == pytest.approx(published(states, parameters), rel=GUARD)


def test_baseline_is_a_steady_state_of_the_biomarkers() -> None:
    system = symbolic_system(SPEC)
    values = SPEC.typical_values()
    initial = [
        float(e.subs({s: values[s.name] for s in system.parameters})) for e in system.initial
    ]
    table = dict(zip(system.states, initial, strict=True))
    table |= {s: values[s.name] for s in system.parameters}
    # Production and loss are some 0.03 g/L and 400 ng/mL a day: what is left is rounding.
    assert abs(float(system.rhs[6].subs(table))) < 1e-15
    assert abs(float(system.rhs[7].subs(table))) < 1e-10
    assert initial[6] == pytest.approx(0.2585, abs=5e-5)  # as in the source, g/L
    assert initial[7] == pytest.approx(625.0, rel=1e-12)  # ng/mL


def test_the_last_cell_takes_its_complexes_along() -> None:
    (event,) = symbolic_system(SPEC).events
    assert event.assignments == {5: 0, 4: 0}
    values = SPEC.typical_values()
    tumor = sympy.Symbol("tumor", real=True)
    threshold = sympy.solve(
        event.when.subs({s: values[s.name] for s in event.when.free_symbols if s.name in values}),
        tumor,
    )
    assert float(threshold[0]) == pytest.approx(1.0 / 3.65)


def test_what_varies_between_patients() -> None:
    omegas = {p.name: p.omega for p in SPEC.parameters if p.omega is not None}
    assert omegas == {
        "k_expansion_max": 0.22,
        "k_memory": 4e-5,
        "k_loss_effector": 0.5,
        "k_loss_memory": 0.5,
        "k_blood_marrow": 0.5,
        "k_marrow_blood": 0.5,
        "k_kill_max": 0.5,
        "n_m_protein": 0.21,
        "n_s_bcma": 1.0,
    }
    assert SPEC.dose_state == "effector_blood"


def test_the_seed_alone_treats_as_the_card_says() -> None:
    """The defect of the source: without a dose there are CAR-T cells, and a response."""
    spec, card = get_model("singh_2021_idecabtagene")
    found = simulate(
        compile_model(spec, backend="cpu"),
        times=np.array([40.0, 90.0]),
        options=SolveOptions(rtol=1e-10, atol=1e-12),
    ).require_ok()
    transgene = found.output("transgene")[0, 0]
    change = found.output("m_protein_relative")[0, 1] - 1.0
    assert any(
        f"{transgene:,.0f} copies/ug on day 40" in defect.what
        and f"{-change:.0%} below baseline on day 90" in defect.what
        for defect in card.defects
    )
    assert any("untreated" in limit for limit in card.limits)
