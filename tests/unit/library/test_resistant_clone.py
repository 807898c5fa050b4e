"""The resistant clone: what it adds, and that it leaves the rest alone."""

from __future__ import annotations

import pytest

from leucel.core import InputError, Kind, Mark, ModelError
from leucel.library import get_model, with_resistant_clone
from leucel.model import ModelSpec, check_units, read_model, symbolic_system, to_text, with_values

SPEC, _ = get_model("singh_2021_idecabtagene")
CLONE = with_resistant_clone(SPEC)


def initial(spec: ModelSpec, name: str) -> float:
    system = symbolic_system(spec)
    index = [s.name for s in system.states].index(name)
    values = spec.typical_values()
    return float(system.initial[index].subs({s: values[s.name] for s in system.parameters}))


def test_it_adds_a_state_two_parameters_and_an_event() -> None:
    assert {s.name for s in CLONE.states} - {s.name for s in SPEC.states} == {"resistant"}
    added = {p.name for p in CLONE.parameters} - {p.name for p in SPEC.parameters}
    assert added == {"fraction_resistant", "k_growth_resistant"}
    assert [e.name for e in CLONE.events] == ["tumor_extinct", "resistant_extinct"]
    assert [o.name for o in CLONE.outputs] == [o.name for o in SPEC.outputs]
    assert check_units(CLONE) == ()
    assert read_model(to_text(CLONE)) == CLONE


def test_its_values_are_assumptions_and_say_so() -> None:
    for name in ("fraction_resistant", "k_growth_resistant"):
        evidence = CLONE.parameter(name).evidence
        assert evidence is not None
        assert (evidence.mark, evidence.kind) == (Mark.OWN_VALUE, Kind.ASSUMED)
        assert evidence.note


def test_both_clones_share_the_baseline() -> None:
    spec = with_resistant_clone(SPEC, fraction=0.25)
    assert initial(spec, "tumor") == 0.75 * 2.5e9
    assert initial(spec, "resistant") == 0.25 * 2.5e9


def test_less_than_one_cell_is_no_clone() -> None:
    assert initial(with_resistant_clone(SPEC, fraction=0.0), "resistant") == 0.0
    assert initial(with_resistant_clone(SPEC, fraction=1e-10), "resistant") == 0.0
    assert initial(with_resistant_clone(SPEC, fraction=1e-9), "resistant") == 2.5


def test_without_the_rule_the_clone_has_none_either() -> None:
    unruled, _ = get_model("singh_2021_idecabtagene", extinction="none")
    clone = with_resistant_clone(unruled, fraction=1e-12)
    assert clone.events == ()
    assert initial(clone, "resistant") == 2.5e-3


def test_biomarkers_come_from_both_clones() -> None:
    system = symbolic_system(CLONE)
    index = {s.name: i for i, s in enumerate(system.states)}
    resistant = system.states[index["resistant"]]
    assert resistant in system.rhs[index["m_protein"]].free_symbols
    assert resistant in system.rhs[index["s_bcma"]].free_symbols
    assert resistant not in system.rhs[index["complexes"]].free_symbols
    assert resistant not in system.rhs[index["tumor"]].free_symbols
    for name in ("tumor_relative", "tumor_total"):
        assert resistant in system.outputs[system.output_names.index(name)].free_symbols


def test_growth_follows_the_sensitive_clone() -> None:
    faster = with_resistant_clone(with_values(SPEC, {"k_growth": 0.02}))
    assert faster.parameter("k_growth_resistant").value == 0.02


def test_models_without_a_tumor_are_refused() -> None:
    stein, _ = get_model("stein_2019_tisagenlecleucel")
    with pytest.raises(InputError, match="no tumor_0, no vol_marrow"):
        with_resistant_clone(stein)
    with pytest.raises(ModelError, match="outside its range"):
        with_resistant_clone(SPEC, fraction=1.5)
