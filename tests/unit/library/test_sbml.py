"""SBML of the models: valid, and the same equations when read again, by us and by others."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from leucel.core import InputError
from leucel.library import catalog, from_sbml, get_model, to_antimony, to_sbml
from leucel.model import ModelSpec, check_units, evaluate, names_in, parse_expression

VARIANTS = [
    (card.id, choices)
    for card in catalog()
    for choices in [
        {},
        *({choice.name: option} for choice in card.choices for option, _ in choice.options[1:]),
    ]
    if get_model(card.id, **choices)[0].states
]
NAMES = [" ".join((id_, *(f"{k}={v}" for k, v in more.items()))) for id_, more in VARIANTS]
# libSBML writes 15 digits of a number.
WRITTEN = 1e-14
SAME = 1e-12
POINTS = 6


@pytest.fixture(scope="module")
def libsbml() -> Any:
    return pytest.importorskip("libsbml", reason="the extra sbml is not installed")


def right_sides(spec: ModelSpec, seed: int) -> list[float]:
    """Right-hand sides, initial values, outputs and events at random points, by the grammar."""
    rng = np.random.default_rng(seed)
    found: list[float] = []
    for _ in range(POINTS):
        states = dict(
            zip(
                (s.name for s in spec.states),
                10.0 ** rng.uniform(-2, 6, len(spec.states)),
                strict=True,
            )
        )
        values = spec.typical_values() | states | {spec.time: rng.uniform(0.0, 300.0)}
        waiting = [(e.name, e.text) for e in spec.expressions]
        while waiting:
            ready = [
                (name, text)
                for name, text in waiting
                if all(n.name in values for n in names_in(parse_expression(text)))
            ]
            assert ready
            values |= {name: _value(text, values) for name, text in ready}
            waiting = [pair for pair in waiting if pair not in ready]
        texts = [spec.ode(s.name) for s in spec.states]
        texts += [s.initial for s in spec.states] + [o.text for o in spec.outputs]
        for event in spec.events:
            texts += [event.when, *(text for _, text in sorted(event.assignments))]
        found += [_value(text, values) for text in texts]
    return found


def _value(text: str, values: dict[str, float]) -> float:
    try:
        return evaluate(text, values)
    except InputError:
        # Overflow, or a root of something negative, at a point that no course goes through.
        return math.nan


def assert_same(one: ModelSpec, other: ModelSpec) -> None:
    left, right = right_sides(one, 1), right_sides(other, 1)
    assert np.isfinite(left).mean() > 0.8
    np.testing.assert_allclose(right, left, rtol=SAME, atol=0.0)


@pytest.mark.parametrize(("id_", "choices"), VARIANTS, ids=NAMES)
def test_a_model_comes_back_from_sbml(libsbml: Any, id_: str, choices: dict[str, str]) -> None:
    spec, _ = get_model(id_, **choices)
    text = to_sbml(spec)
    document = libsbml.readSBMLFromString(text)
    document.checkConsistency()
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0, document.printErrors()
    found = from_sbml(text)
    again = found.spec
    assert not found.renamed
    assert [s.name for s in again.states] == [s.name for s in spec.states]
    assert [o.name for o in again.outputs] == [o.name for o in spec.outputs]
    assert [e.name for e in again.events] == [e.name for e in spec.events]
    assert again.typical_values() == pytest.approx(spec.typical_values(), rel=WRITTEN)
    for one, other in zip(spec.parameters, again.parameters, strict=True):
        assert (other.unit, other.meaning, other.scale) == (one.unit, one.meaning, one.scale)
        assert (other.omega, other.low, other.high) == (one.omega, one.low, one.high)
    kept = [(x.unit, x.meaning) for x in (*spec.states, *spec.expressions, *spec.outputs)]
    assert [
        (x.unit, x.meaning) for x in (*again.states, *again.expressions, *again.outputs)
    ] == kept
    assert (again.dose_state, again.time, again.time_unit) == (
        spec.dose_state, spec.time, spec.time_unit,
    )  # fmt: skip
    assert not check_units(again)
    assert_same(spec, again)


@pytest.mark.parametrize(("id_", "choices"), VARIANTS, ids=NAMES)
def test_antimony_says_the_same(libsbml: Any, id_: str, choices: dict[str, str]) -> None:
    antimony = pytest.importorskip("antimony", reason="antimony is not installed")
    spec, _ = get_model(id_, **choices)
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(to_antimony(spec)) >= 0, antimony.getLastError()
    again = from_sbml(antimony.getSBMLString(spec.name)).spec
    renamed = {s.name for s in again.states}
    order = [s.name if s.name in renamed else f"{s.name}_" for s in spec.states]
    assert {*order} == renamed
    there = _aligned(again, spec, order)
    assert_same(spec, there)


def _aligned(read: ModelSpec, spec: ModelSpec, order: list[str]) -> ModelSpec:
    """The model as read by others, with parts in the order of the first one."""
    parameters = {p.name: p for p in read.parameters}
    states = {s.name: s for s in read.states}
    outputs = {o.name: o for o in read.outputs}
    events = {e.name.removeprefix("event_"): e for e in read.events}
    named = [next(n for n in (f"output_{o.name}", o.name) if n in outputs) for o in spec.outputs]
    acting = [e for e in spec.events if e.assignments]
    assert set(events) == {e.name for e in acting}
    assert len(acting) == len(spec.events) or not acting
    return replace(
        read,
        parameters=tuple(
            parameters.get(p.name) or parameters[f"{p.name}_"] for p in spec.parameters
        ),
        states=tuple(states[name] for name in order),
        outputs=tuple(outputs[name] for name in named),
        # A restart without a change has no form in Antimony and is taken from the first model.
        events=tuple(events[e.name] for e in acting) if acting else spec.events,
    )


def test_a_closed_form_has_no_sbml_and_no_antimony() -> None:
    spec, _ = get_model("stein_2019_tisagenlecleucel")
    for write in (to_sbml, to_antimony):
        with pytest.raises(InputError, match="closed form"):
            write(spec)


def test_others_see_units_and_a_day(libsbml: Any) -> None:
    spec, _ = get_model("singh_2021_idecabtagene")
    model = libsbml.readSBMLFromString(to_sbml(spec)).getModel()
    assert model.getUnitDefinition(model.getTimeUnits()).getName() == "day"
    volume = model.getParameter("vol_marrow").getDerivedUnitDefinition()
    litre = libsbml.UnitDefinition(3, 2)
    part = litre.createUnit()
    part.setKind(libsbml.UNIT_KIND_LITRE)
    part.setExponent(1.0)
    part.setScale(0)
    part.setMultiplier(1.0)
    assert libsbml.UnitDefinition.areIdentical(
        libsbml.UnitDefinition.convertToSI(volume), libsbml.UnitDefinition.convertToSI(litre)
    )
    assert math.isclose(model.getParameter("k_growth").getValue(), 0.008)
