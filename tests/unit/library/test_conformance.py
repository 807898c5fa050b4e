"""What every model of the library has to be, whatever it says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import sympy

from leucel.core import Kind, Mark, parse_unit
from leucel.library import catalog, get_model, sources
from leucel.model import check_units, read_model, symbolic_system, to_latex, to_text

IDS = [card.id for card in catalog()]
# Every model with its defaults, and with each option of each choice.
VARIANTS = [(id_, {}) for id_ in IDS] + [
    (card.id, {choice.name: option})
    for card in catalog()
    for choice in card.choices
    for option, _ in choice.options[1:]
]
NAMES = [" ".join((id_, *(f"{k}={v}" for k, v in choices.items()))) for id_, choices in VARIANTS]
# Changing one of these means that results change: do it on purpose, and say so in the changes.
CONTENT = {
    "barros_2021_cartmath": "518d823495b02552",
    "brummer_2022_carrgo": "c20adf719b09fb8e",
    "chaudhury_2020_ec50": "f72cb017928aee76",
    "chaudhury_2020_first_order": "22dc327698cf4042",
    "chaudhury_2020_lotka_volterra": "01d198b2ca1ce366",
    "gallaher_2018_myeloma": "edcb944b4c31d9d1",
    "hanson_2016_toxicity": "6dc1f2bdc13ae53e",
    "hardiansyah_2019_ctl019": "7ce0dc6753fbb51b",
    "hibma_2026_crs": "cb258ed5ac394339",
    "hibma_2026_s_bcma": "eeb864c697b53692",
    "hosseini_2020_mosunetuzumab": "3ed994d91b227a95",
    "kimmel_2021_axicabtagene": "c14dc4bb5196ef76",
    "kirouac_2023_toggle": "98eef6d375968b62",
    "leon_triana_2020_immature": "ae823db8e24db4d4",
    "leon_triana_2020_leukemia": "9e234dc1ab333e6c",
    "leon_triana_2021_one_target": "87b182db008e92fe",
    "leon_triana_2021_two_targets": "80dba900d2a9bc6d",
    "li_2025_modakafusp": "647fd2a38df4851c",
    "mueller_schoell_2021_axicabtagene": "81771dcb6045c9b4",
    "ogasawara_2021_lisocabtagene": "4674edc901f19e87",
    "poels_2025_biomarkers": "dcff851ecf91f5d2",
    "singh_2021_idecabtagene": "b606c45d6deeb9e3",
    "srimani_2022_ixazomib": "63adc49a73fba263",
    "stein_2019_tisagenlecleucel": "4f8094993312386f",
    "stein_2019_tisagenlecleucel_ode": "7d9442f2b322e74e",
    "tsai_2022_pleural": "a057c0df35e354f8",
}
RATE = parse_unit("1/day")


@pytest.mark.parametrize(("id_", "choices"), VARIANTS, ids=NAMES)
def test_every_value_has_a_source(id_: str, choices: dict[str, str]) -> None:
    spec, card = get_model(id_, **choices)
    known = {source.id for source in card.sources}
    for item in (*spec.parameters, *spec.residuals):
        evidence = item.evidence
        assert evidence is not None, item
        assert evidence.source in known
        assert evidence.source in sources()
        assert evidence.mark.usable
        assert (evidence.mark is Mark.OWN_VALUE) == (evidence.kind is Kind.ASSUMED)
        assert evidence.note or evidence.mark is not Mark.OWN_VALUE
        assert evidence.place or evidence.mark is Mark.OWN_VALUE
    for parameter in spec.parameters:
        assert parameter.evidence is not None
        assert parameter.evidence.number == parameter.value
        assert parameter.evidence.unit == parameter.unit


@pytest.mark.parametrize("id_", IDS)
def test_everything_says_what_it_means(id_: str) -> None:
    spec, card = get_model(id_)
    for item in (*spec.parameters, *spec.expressions, *spec.states, *spec.outputs, *spec.events):
        assert item.meaning, item.name
    named = {p.name for p in spec.parameters}
    assert {name for name, _ in card.symbols} <= named
    sourced = {p.name for p in spec.parameters if p.evidence and p.evidence.source != "leucel"}
    assert sourced == {name for name, _ in card.symbols}


@pytest.mark.parametrize(("id_", "choices"), VARIANTS, ids=NAMES)
def test_units_are_consistent(id_: str, choices: dict[str, str]) -> None:
    assert check_units(get_model(id_, **choices)[0]) == ()


@pytest.mark.parametrize(("id_", "choices"), VARIANTS, ids=NAMES)
def test_names_follow_the_convention(id_: str, choices: dict[str, str]) -> None:
    """Rate constants, and only they, are called k_...; initial values <state>_0."""
    spec, _ = get_model(id_, **choices)
    states = {state.name for state in spec.states}
    for parameter in spec.parameters:
        if parse_unit(parameter.unit).same_dimensions(RATE):
            assert parameter.name.startswith("k_"), parameter.name
        if parameter.name.endswith("_0"):
            assert parameter.name.removesuffix("_0") in states


@pytest.mark.parametrize("id_", IDS)
def test_text_round_trips(id_: str) -> None:
    _, card = get_model(id_)
    options = [{choice.name: o} for choice in card.choices for o, _ in choice.options]
    for choices in ({}, *options):
        spec, _ = get_model(id_, **choices)
        again = read_model(to_text(spec))
        assert again == spec
        assert again.content_hash == spec.content_hash


@pytest.mark.parametrize("id_", IDS)
def test_equations_are_typeset(id_: str) -> None:
    latex = to_latex(get_model(id_)[0])
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


def test_contents_do_not_move_unnoticed() -> None:
    assert {id_: get_model(id_)[0].content_hash[:16] for id_ in IDS} == CONTENT


def test_contents_are_the_same_in_every_process() -> None:
    code = (
        "from leucel.library import get_model; "
        "print(get_model('singh_2021_idecabtagene')[0].content_hash[:16])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "17"},
    )
    assert done.stdout.strip() == CONTENT["singh_2021_idecabtagene"]


@pytest.mark.parametrize("id_", IDS)
def test_nothing_divides_by_zero_when_everything_is_gone(id_: str) -> None:
    """Right-hand sides and Jacobians are finite with all states at 0, and with each alone at 0."""
    spec, _ = get_model(id_)
    system = symbolic_system(spec)
    arguments = (system.time, *system.states, *system.parameters)
    # With the math module only the branch that is taken is computed, and 1/0 raises.
    functions = sympy.lambdify(
        arguments, [*system.rhs, *system.jacobian.values(), *system.outputs], modules="math"
    )
    values = list(spec.typical_values().values())
    usual = [1e6] * len(system.states)
    cases = [[0.0] * len(usual)]
    cases += [[0.0 if i == j else u for j, u in enumerate(usual)] for i in range(len(usual))]
    for states in cases:
        assert np.isfinite(np.array(functions(20.0, *states, *values), dtype=float)).all()


@pytest.mark.parametrize("id_", IDS)
def test_checks_are_met_as_the_card_prints_them(id_: str) -> None:
    _, card = get_model(id_)
    assert card.checks
    for check in card.checks:
        met = not check.disagreement
        assert check.accepts(check.ours) is met, check.name
        assert check.source in {source.id for source in card.sources}
        only_seen = check.mark in (Mark.SEEN, Mark.SECONDARY)
        assert only_seen or check.mark in (Mark.REPRODUCED, Mark.OWN_VALUE)
        # What was only seen is a count, a reading of a figure, or not met.
        assert not only_seen or check.observed or check.rough or not met
        assert check.reason
        # One digit, or a bracket, is all that some papers print.
        sharp = not (check.observed or check.rough or "one digit" in check.reason)
        assert 0.0 < check.tolerance < (0.04 if sharp and "between" not in check.reason else 0.35)
        assert (abs(check.deviation) <= check.tolerance) is met


def test_an_outside_number_is_met_by_every_model_with_its_own_equations() -> None:
    for id_ in ("singh_2021_idecabtagene", "stein_2019_tisagenlecleucel"):
        _, card = get_model(id_)
        assert any(check.mark is Mark.REPRODUCED for check in card.checks)
