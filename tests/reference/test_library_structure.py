"""Identities and balances that published models have, whatever their numbers are."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import RandomStream
from leucel.library import catalog, get_model
from leucel.model import ModelSpec
from leucel.solve import Doses, SolveOptions, Trajectories, simulate

BACKENDS = ("reference", "cpu")
TIGHT = SolveOptions(rtol=1e-9, atol=1e-9)
# Two solvers at a relative tolerance of 1e-9 a step.
SOLVER = 1e-6
# What the sources print with two or three digits.
PRINTED = 0.01


@cache
def compiled(spec: ModelSpec, backend: str) -> CompiledModel:
    return compile_model(spec, backend=backend)  # type: ignore[arg-type]


def run(
    id_: str,
    backend: str,
    times: np.ndarray,
    *,
    doses: Doses | None = None,
    values: dict[str, float] | None = None,
    **choices: str,
) -> Trajectories:
    spec, _ = get_model(id_, **choices)
    found = simulate(
        compiled(spec, backend), times=times, parameters=values, doses=doses, options=TIGHT
    )
    return found.require_ok()


def three_days(total: float) -> Doses:
    return (
        Doses.bolus(0.1 * total)
        + Doses.bolus(0.3 * total, time=1.0)
        + Doses.bolus(0.6 * total, time=2.0)
    )


@pytest.mark.parametrize("id_", [card.id for card in catalog()])
def test_backends_agree_on_random_patients(id_: str) -> None:
    """Every model, three patients of its own variability, or five percent where it has none."""
    spec, _ = get_model(id_)
    stream = RandomStream(20260101)
    values = {}
    varies = any(p.omega for p in spec.parameters)
    for p in spec.parameters:
        # Half an omega keeps patients with an omega above 4 in a range that means something.
        spread = min(0.5 * (p.omega or 0.0), 1.0) if varies else 0.05
        if spread > 0.0:
            eta = spread * stream.normal(f"eta_{p.name}", subjects=3)
            values[p.name] = np.clip(p.value * np.exp(eta), p.low, p.high)
    times = np.concatenate((np.linspace(0.0, 30.0, 31), np.linspace(40.0, 100.0, 7)))
    doses = None if spec.dose_state is None else Doses.bolus(1e8)
    found = {
        backend: simulate(
            compiled(spec, backend), times=times, parameters=values, doses=doses, options=TIGHT
        ).require_ok()
        for backend in BACKENDS
    }
    for output in spec.outputs:
        left, right = (found[b].output(output.name) for b in BACKENDS)
        scale = np.abs(right).max() or 1.0
        # Against the largest value: what is left of a tumor far below a cell is not compared.
        assert np.abs(left - right).max() <= 1e-5 * scale, output.name


HARDIANSYAH = "hardiansyah_2019_ctl019"
WEEKS = np.linspace(0.0, 56.0, 57)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("patient", ["upn1", "upn3"])
def test_without_cells_cytokines_stay_and_leukemia_grows(patient: str, backend: str) -> None:
    found = run(HARDIANSYAH, backend, WEEKS, patient=patient)
    for name in ("il6_serum", "il10_serum", "ifn_serum"):
        level = found.output(name)[0]
        assert level == pytest.approx(level[0], rel=SOLVER)
    leukemia = found.output("leukemia_cells")[0]
    assert leukemia == pytest.approx(leukemia[0] * np.exp(0.0017 * WEEKS), rel=SOLVER)


@pytest.mark.parametrize("backend", BACKENDS)
def test_cells_of_hardiansyah_are_conserved(backend: str) -> None:
    still = dict.fromkeys(("expansion", "k_loss_effector", "k_growth_memory", "k_loss_memory"), 0.0)
    found = run(HARDIANSYAH, backend, WEEKS, doses=three_days(1.1e9), values=still)
    total = found.output("car_t_body")[0][WEEKS >= 2.0]
    assert total == pytest.approx(1.1e9, rel=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
def test_memory_ends_in_tissue(backend: str) -> None:
    times = np.array([0.0, 300.0, 301.0])
    found = run(HARDIANSYAH, backend, times, doses=three_days(1.1e9))
    memory = found.output("memory_cells")[0]
    body = found.output("car_t_body")[0]
    assert body[-1] / memory[-1] == pytest.approx(1.0 + 76.78 / 1.84, rel=PRINTED)


def peaks(found: Trajectories) -> np.ndarray:
    return np.array([found.output(n)[0].max() for n in ("car_t", "ifn_serum", "il6_serum")])


def test_burden_moves_cytokines_far_more_than_dose_does() -> None:
    """Fold changes over a factor of four, as the review of models gives them."""
    times = np.linspace(0.0, 40.0, 4001)

    def of(dose: float, burden: float) -> np.ndarray:
        values = {"leukemia_0": 4.14e9 * burden}
        return peaks(run(HARDIANSYAH, "cpu", times, doses=three_days(1.1e9 * dose), values=values))

    by_burden = of(1.0, 2.0) / of(1.0, 0.5)
    by_dose = of(2.0, 1.0) / of(0.5, 1.0)
    assert by_burden == pytest.approx([49.5, 51.4, 155.0], rel=0.02)
    assert np.maximum(by_dose, 1.0 / by_dose) == pytest.approx([1.03, 1.01, 1.02], abs=0.02)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("archetype", ["cr", "pr", "nr"])
def test_no_tumor_of_kirouac_shrinks_without_cells(archetype: str, backend: str) -> None:
    times = np.linspace(0.0, 28.0, 29)
    found = run("kirouac_2023_toggle", backend, times, archetype=archetype)
    tumor = found.output("tumor_relative")[0]
    # The guard stands for a millionth of a cell, which kills nobody.
    assert (tumor >= 1.0 - 0.02).all()
    fitted = run(
        "kirouac_2023_toggle", backend, times, archetype=archetype, capacity="as_replicated"
    )
    shrinks = fitted.output("tumor_relative")[0][-1] < 0.5
    assert shrinks == (archetype in ("cr", "pr"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_inert_cells_of_tsai_are_conserved_without_loss(backend: str) -> None:
    times = np.linspace(0.0, 3.0, 31)
    inert = {"k_on": 0.0, "k_growth": 0.0, "k_loss": 0.0}
    for route in ("iv", "ip"):
        found = run(
            "tsai_2022_pleural", backend, times, doses=Doses.bolus(1e6), values=inert, route=route
        )
        # The flows balance: lymph of the lung and of other tissue is what leaves the nodes.
        assert found.output("car_t")[0] == pytest.approx(1e6, rel=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", ["poels_2025", "singh_2021"])
def test_biomarkers_of_poels_stand_still_with_the_tumor(loss: str, backend: str) -> None:
    found = run(
        "poels_2025_biomarkers",
        backend,
        WEEKS,
        values={"k_growth": 0.0, "cytokine_0": 2.0},
        m_protein_loss=loss,
    )
    for name in ("tumor_cells", "m_protein", "light_chains", "s_bcma", "il6"):
        level = found.output(name)[0]
        assert level == pytest.approx(level[0], rel=SOLVER)


@pytest.mark.parametrize("backend", BACKENDS)
def test_poels_kills_and_releases_with_trimers(backend: str) -> None:
    found = run("poels_2025_biomarkers", backend, WEEKS, values={"trimer": 100.0})
    assert found.output("tumor_relative")[0][-1] < 0.5
    assert found.output("m_protein_relative")[0][-1] < 0.9
    assert found.output("il6")[0].max() > 10.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_forms_of_li_are_one_solution(backend: str) -> None:
    values = {"concentration": 300.0, "albumin": 30.0}
    ode = run("li_2025_modakafusp", backend, WEEKS, values=values)
    closed = run("li_2025_modakafusp", backend, WEEKS, values=values, form="closed")
    left, right = ode.output("m_protein")[0], closed.output("m_protein")[0]
    assert left == pytest.approx(right, rel=SOLVER)
    assert left[0] == pytest.approx(17.4 * (30.0 / 36.0) ** -2.74, rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_hazards_of_srimani_make_probabilities(backend: str) -> None:
    times = np.linspace(0.0, 1000.0, 101)
    found = run("srimani_2022_ixazomib", backend, times, values={"t_nadir": 120.0})
    for name in ("on_study", "nadir_ahead", "progression_free"):
        level = found.output(name)[0]
        assert level[0] == 1.0
        assert (np.diff(level) <= 1e-12).all()
        assert level[-1] > 0.0
    # Nobody drops out before the lag of 5.7 weeks is over.
    assert found.output("on_study")[0][times <= 39.0] == pytest.approx(1.0, abs=1e-12)
    protein = found.output("m_protein_relative")[0]
    assert protein[-1] > protein.min()
    # The hazard of progression integrated by hand on a fine grid.
    hours = np.linspace(0.0, 24000.0, 240001)
    scale = np.exp(-9.21) * (np.exp(-6.70) / 0.001488) ** 0.798 * (np.exp(-1.95) / 0.15) ** 0.680
    area = np.trapezoid(scale * hours / (hours + np.exp(7.82)), hours)
    assert found.output("progression_free")[0][-1] == pytest.approx(np.exp(-area), rel=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_last_tumor_cell_of_kimmel_ends_the_tumor(backend: str) -> None:
    """A slow tumor falls to two cells; a stronger kill takes it below one."""
    times = np.linspace(0.0, 200.0, 401)
    found = run(
        "kimmel_2021_axicabtagene",
        backend,
        times,
        values={"k_kill_max": 1.25},
        tumor_growth="slow",
        extinction="threshold",
    )
    moment = float(found.event_times["tumor_extinct"][0])
    assert 20.0 < moment < 100.0
    assert (found.output("tumor_cells")[0][times > moment] == 0.0).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_second_tumor_of_barros_is_answered_by_memory(backend: str) -> None:
    times = np.linspace(0.0, 300.0, 601)
    found = run("barros_2021_cartmath", backend, times)
    tumor = found.output("tumor_cells")[0]
    assert tumor[(times > 60.0) & (times < 250.0)].max() < 1.0
    assert tumor[times == 250.5][0] < 1e6 * np.exp(0.5 * 0.0566)
    assert tumor[-1] < 1.0


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("start", ["0.25", "0.125", "0.05", "0"])
def test_tumor_alone_in_vitro_is_logistic(start: str, backend: str) -> None:
    times = np.linspace(0.0, 6.0, 25)
    found = run("brummer_2022_carrgo", backend, times, values={"car_0": 0.0}, t_cells=start)
    spec, _ = get_model("brummer_2022_carrgo", t_cells=start)
    p = spec.typical_values()
    growing = np.exp(p["k_growth"] * 24.0 * times)
    x0, b = p["tumor_0"], p["crowding"]
    expected = x0 * growing / (1.0 + b * x0 * (growing - 1.0))
    assert found.output("cell_index")[0] == pytest.approx(expected, rel=SOLVER)


KIMMEL = "kimmel_2021_axicabtagene"
# Levels of T cells that do not change, so that the rates of birth and death are constant.
STILL = {
    "k_growth_car": 0.0,
    "k_reconstitution": 0.0,
    "volume_start": 1e-5,
    "car_0": 1.0,
}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_probability_of_cure_is_that_of_births_and_deaths(backend: str) -> None:
    """With constant rates the textbook formula of the linear process gives it in closed form."""
    times = np.linspace(0.0, 200.0, 41)
    found = run(KIMMEL, backend, times, values=STILL, tumor_growth="slow", extinction="birth_death")
    birth, death = 0.105, 1.15 / (4.05 + 1.0)
    shrunk = np.exp((birth - death) * times)
    lineage = death * (1.0 - shrunk) / (death - birth * shrunk)
    # Ten thousand cells at the start: the Poisson form differs by a part in ten thousand.
    expected = lineage**1e4
    assert found.output("cure")[0] == pytest.approx(expected, abs=2e-4)
    assert 0.0 < found.output("cure")[0][20] < 1.0


def test_the_probability_of_cure_agrees_with_random_tumors() -> None:
    """Exact simulation of births and deaths while the CAR-T cells rise and fall."""
    times = np.linspace(0.0, 120.0, 1201)
    found = run(KIMMEL, "cpu", times, tumor_growth="slow", extinction="birth_death")
    cells, car = found.output("tumor_cells")[0], found.output("car_t")[0]
    cure = found.output("cure")[0]
    # From 200 cells on, where chance begins to matter; before it the tumor is its mean.
    first = int(np.argmax(cells < 200.0))
    rng = np.random.default_rng(20210229)
    tumors, step = np.full(4000, round(cells[first])), times[1] - times[0]
    for level in car[first:-1]:
        # Exact for rates that are constant over a step: thinning into cells that die, stay, divide.
        death = 1.15 * level / (4.05 + level)
        shrunk = np.exp((0.105 - death) * step)
        gone = death * (1.0 - shrunk) / (death - 0.105 * shrunk)
        more = 0.105 * (1.0 - shrunk) / (death - 0.105 * shrunk)
        alive = rng.binomial(tumors, 1.0 - gone)
        births = np.zeros_like(alive)
        some = alive > 0
        births[some] = rng.negative_binomial(alive[some], 1.0 - more)
        tumors = alive + births
    share = float(np.mean(tumors == 0))
    assert 0.05 < share < 0.95
    # Four standard errors of 4000 tumors, and the chance before 200 cells.
    assert share == pytest.approx(cure[-1], abs=4 * np.sqrt(0.25 / 4000) + 0.01)
    # The paper finds most cures between days 20 and 80.
    assert cure[times == 80.0][0] - cure[times == 20.0][0] > 0.5 * cure[-1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_longer_half_life_slows_the_markers_and_nothing_else(backend: str) -> None:
    times, dose = np.linspace(0.0, 90.0, 91), Doses.bolus(450e6)
    singh = "singh_2021_idecabtagene"
    own = run(singh, backend, times, doses=dose)
    other = run(
        singh, backend, times, doses=dose, m_protein_loss="poels_2025", s_bcma_loss="hibma_2026"
    )
    for name in ("transgene", "tumor_total"):
        assert other.output(name)[0] == pytest.approx(own.output(name)[0], rel=1e-5, abs=1e-3)
    for name in ("m_protein_relative", "s_bcma_relative"):
        assert other.output(name)[0][0] == pytest.approx(1.0, rel=1e-12)
        assert other.output(name)[0][30] > own.output(name)[0][30] + 0.1
