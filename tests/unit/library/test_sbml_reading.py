"""SBML read into models: each construct against a closed form or the equations it stands for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from leucel.core import InputError, StorageError
from leucel.library import from_sbml, get_model, to_sbml
from leucel.model import (
    ModelSpec,
    Output,
    State,
    evaluate,
    parse_expression,
    text_from_tree,
    to_text,
)

pytest.importorskip("libsbml", reason="the extra sbml is not installed")

HERE = Path(__file__).parent
# Sums of a few products in another order.
ROUNDING = 1e-13
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'
DAY = (
    '<listOfUnitDefinitions><unitDefinition id="day"><listOfUnits><unit kind="second" '
    'exponent="1" scale="0" multiplier="86400"/></listOfUnits></unitDefinition>'
    "</listOfUnitDefinitions>"
)


def formula(text: str) -> str:
    """MathML of an infix formula, by libSBML."""
    import libsbml

    tree = libsbml.parseL3Formula(text)
    assert tree is not None, libsbml.getLastParseL3Error()
    return libsbml.writeMathMLToString(tree).split("\n", 1)[1]


def model(body: str, *, attributes: str = 'timeUnits="day"') -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">\n'
        f'<model id="m" {attributes}>\n{DAY if "day" in attributes else ""}\n{body}\n'
        "</model></sbml>"
    )


def compartment(id_: str = "c", size: str = 'size="2"', constant: str = "true") -> str:
    return (
        f'<compartment id="{id_}" spatialDimensions="3" {size} units="litre" '
        f'constant="{constant}"/>'
    )


def species(id_: str, start: str, *, substance: str = "false", more: str = "") -> str:
    boundary = "" if "boundaryCondition" in more else 'boundaryCondition="false"'
    return (
        f'<species id="{id_}" compartment="c" {start} hasOnlySubstanceUnits="{substance}" '
        f'{boundary} constant="false" {more}/>'
    )


def parameter(id_: str, value: str = "", constant: str = "true") -> str:
    shown = f'value="{value}"' if value else ""
    return f'<parameter id="{id_}" {shown} constant="{constant}"/>'


def reaction(
    id_: str, rate: str, *, reactants: str = "", products: str = "", local: str = ""
) -> str:
    def sides(text: str) -> str:
        found = [part.split("*") for part in text.split()]
        return "".join(
            f'<speciesReference species="{s}" stoichiometry="{n}" constant="true"/>'
            for n, s in found
        )

    left = f"<listOfReactants>{sides(reactants)}</listOfReactants>" if reactants else ""
    right = f"<listOfProducts>{sides(products)}</listOfProducts>" if products else ""
    inside = f"<listOfLocalParameters>{local}</listOfLocalParameters>" if local else ""
    return (
        f'<reaction id="{id_}" reversible="false">{left}{right}'
        f"<kineticLaw>{formula(rate)}{inside}</kineticLaw></reaction>"
    )


def lists(**parts: str) -> str:
    return "\n".join(f"<listOf{name}>\n{text}\n</listOf{name}>" for name, text in parts.items())


def rates(spec: ModelSpec, at: dict[str, float], t: float = 0.0) -> dict[str, float]:
    """Derivatives at a point, by the grammar itself."""
    values = spec.typical_values() | at | {spec.time: t}
    pending = {e.name: e.text for e in spec.expressions}
    while pending:
        for name, text in list(pending.items()):
            try:
                values[name] = evaluate(text, values)
            except InputError:
                continue
            del pending[name]
    return {s.name: evaluate(spec.ode(s.name), values) for s in spec.states}


def test_concentrations_are_divided_by_their_compartment_and_amounts_are_not() -> None:
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialConcentration="3"')
        + species("N", 'initialConcentration="3"', substance="true"),
        Parameters=parameter("k", "0.5"),
        Reactions=reaction("r", "k*A*c", reactants="2*A", products="1*N"),
    )
    spec = from_sbml(model(body)).spec
    starts = {s.name: evaluate(s.initial, spec.typical_values()) for s in spec.states}
    assert starts == {"A": 3.0, "N": 6.0}
    assert rates(spec, {"A": 1.0, "N": 1.0}) == {"A": -1.0, "N": 1.0}
    assert spec.time_unit == "day"


def test_local_parameters_hide_global_ones() -> None:
    local = '<localParameter id="k" value="7"/>'
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialAmount="4"'),
        Parameters=parameter("k", "0.5"),
        Reactions=reaction("r", "k*A", reactants="1*A", local=local)
        + reaction("s", "k*A", products="1*A"),
    )
    found = from_sbml(model(body))
    assert rates(found.spec, {"A": 1.0}) == {"A": (-7.0 + 0.5) / 2.0}
    assert ("r.k", "r_k") in found.renamed


def test_a_growing_compartment_dilutes_what_is_in_it() -> None:
    """c = 2 exp(t/10): an inert concentration falls as exp(-t/10), its amount stays."""
    body = lists(
        Compartments=compartment(constant="false"),
        Species=species("A", 'initialConcentration="3"'),
        Rules=f'<rateRule variable="c">{formula("c/10")}</rateRule>',
    )
    spec = from_sbml(model(body)).spec
    assert [s.name for s in spec.states] == ["c", "A_amount"]
    assert evaluate(spec.states[1].initial, spec.typical_values()) == 6.0
    assert rates(spec, {"c": 5.0, "A_amount": 6.0}) == {"c": 0.5, "A_amount": 0.0}
    assert {e.name: e.text for e in spec.expressions} == {"A": "A_amount/c"}
    assert [o.name for o in spec.outputs] == ["c", "A"]


def test_initial_assignments_see_each_other_and_time_zero() -> None:
    body = lists(
        Parameters=parameter("a", "2")
        + parameter("b")
        + parameter("x", constant="false")
        + parameter("y", constant="false")
        + parameter("z", constant="false"),
        InitialAssignments="".join(
            f'<initialAssignment symbol="{s}">{formula(f)}</initialAssignment>'
            for s, f in (("b", "3*a + time"), ("x", "y + z + b"), ("y", "a^2"))
        ),
        Rules=f'<assignmentRule variable="z">{formula("exp(time)*y")}</assignmentRule>'
        f'<rateRule variable="x">{formula("-b*x")}</rateRule>'
        f'<rateRule variable="y">{formula("1")}</rateRule>',
    )
    spec = from_sbml(model(body)).spec
    values = spec.typical_values() | {"b": 6.0}
    starts = {s.name: evaluate(s.initial, values) for s in spec.states}
    assert starts == {"x": 14.0, "y": 4.0}
    assert {e.name for e in spec.expressions} == {"b", "z"}
    assert [p.name for p in spec.parameters] == ["a"]


def test_functions_are_put_in_with_their_own_arguments() -> None:
    """f(x, y) = x - 2 y, called with the names the other way round."""
    definition = (
        f'<functionDefinition id="f"><math {MATH}><lambda><bvar><ci>x</ci></bvar><bvar><ci>y</ci>'
        "</bvar><apply><minus/><ci>x</ci><apply><times/><cn>2</cn><ci>y</ci></apply></apply>"
        "</lambda></math></functionDefinition>"
    )
    body = lists(
        FunctionDefinitions=definition,
        Parameters=parameter("x", "5", "false") + parameter("y", "7", "false"),
        Rules=f'<rateRule variable="x">{formula("f(y, x)")}</rateRule>'
        f'<rateRule variable="y">{formula("f(f(x, y), 1)")}</rateRule>',
    )
    assert rates(from_sbml(model(body)).spec, {"x": 5.0, "y": 7.0}) == {"x": -3.0, "y": -11.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 - 4*5/8 - -1", 3.5),
        ("-2^2", -4.0),
        ("root(3, 27) + sqrt(16) + sqr(3)", 16.0),
        ("log10(1000) + log(2, 8) + ln(exp(2))", 8.0),
        ("piecewise(1, 2 < 1, 5, 2 <= 2 && !(1 > 2), 9)", 5.0),
        ("piecewise(4, xor(1 < 2, 2 < 3), 6)", 6.0),
        ("max(1, 7, 3) - min(4, 2) + abs(-3)", 8.0),
        ("tanh(0.5) - sinh(0.5)/cosh(0.5)", 0.0),
        ("pi - 3.141592653589793 + plus() + times()", 1.0),
        ("piecewise(1, 1 < 2 && 2 < 3 && 3 < 4, 0)", 1.0),
        ("2e-3*1e6", 2000.0),
    ],
)
def test_formulas_keep_their_value(text: str, value: float) -> None:
    body = lists(
        Parameters=parameter("x", "1", "false"),
        Rules=f'<rateRule variable="x">{formula(text)}</rateRule>',
    )
    spec = from_sbml(model(body)).spec
    assert rates(spec, {"x": 1.0})["x"] == pytest.approx(value, abs=1e-14, rel=ROUNDING)
    assert text_from_tree(parse_expression(spec.ode("x"))) == spec.ode("x")


def event(trigger: str, sets: str, *, more: str = "", first: str = "true") -> str:
    changes = "".join(
        f'<eventAssignment variable="{name}">{formula(text)}</eventAssignment>'
        for name, text in (part.split("=") for part in sets.split())
    )
    return (
        f'<event id="e" useValuesFromTriggerTime="true"><trigger initialValue="{first}" '
        f'persistent="true">{formula(trigger)}</trigger>{more}'
        f"<listOfEventAssignments>{changes}</listOfEventAssignments></event>"
    )


@pytest.mark.parametrize(
    ("trigger", "when"),
    [
        ("A < 1", "A - 1"),
        ("A >= 1", "1 - A"),
        ("time > 5", "5 - t"),
        ("A < 1 && time > 5", "max(A - 1, 5 - t)"),
        ("!(A < 1) || A < 0", "min(-(A - 1), A)"),
    ],
)
def test_triggers_become_what_falls_below_zero(trigger: str, when: str) -> None:
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialConcentration="3"'),
        Events=event(trigger, "A=A/2"),
    )
    spec = from_sbml(model(body)).spec
    assert spec.events[0].when == when
    assert dict(spec.events[0].assignments) == {"A": "A/2"}


def test_an_event_resizes_a_compartment_and_keeps_amounts() -> None:
    body = lists(
        Compartments=compartment(constant="false"),
        Species=species("A", 'initialConcentration="3"') + species("B", 'initialAmount="3"'),
        Events=event("time >= 5", "c=4 B=7"),
    )
    spec = from_sbml(model(body)).spec
    # B is set to 7 a litre of the new size; A keeps its amount.
    assert dict(spec.events[0].assignments) == {"c": "4", "B_amount": "7*4"}


def test_boundary_species_stay_unless_a_rule_moves_them() -> None:
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialConcentration="3"', more='boundaryCondition="true"')
        + species("B", 'initialConcentration="1"')
        + species("D", 'initialConcentration="1"', more='boundaryCondition="true"'),
        Parameters=parameter("k", "1"),
        Rules=f'<rateRule variable="D">{formula("k*D")}</rateRule>',
        Reactions=reaction("r", "k*A*c", reactants="1*A 1*D", products="1*B"),
    )
    spec = from_sbml(model(body)).spec
    assert spec.parameter("A").value == 3.0
    assert rates(spec, {"B": 0.0, "D": 2.0}) == {"B": 3.0, "D": 2.0}


def test_conversion_factors_and_named_stoichiometries_count() -> None:
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialAmount="3"', substance="true", more='conversionFactor="f"'),
        Parameters=parameter("f", "1000") + parameter("n", "3"),
        InitialAssignments=f'<initialAssignment symbol="s">{formula("2*n")}</initialAssignment>',
        Reactions='<reaction id="r" reversible="false"><listOfReactants><speciesReference id="s" '
        'species="A" constant="true"/></listOfReactants>'
        f"<kineticLaw>{formula('0.1*A')}</kineticLaw></reaction>",
    )
    found = rates(from_sbml(model(body)).spec, {"A": 1.0})
    assert found["A"] == pytest.approx(-1000 * 6 * 0.1, rel=ROUNDING)


def test_names_that_the_grammar_cannot_have_are_changed_and_told() -> None:
    body = lists(
        Parameters=parameter("_k", "1") + parameter("lambda", "2") + parameter("t", "3", "false")
        + parameter("time", "4") + parameter("max", "5"),
        Rules=f'<rateRule variable="t"><math {MATH}><apply><plus/><ci>_k</ci><ci>lambda</ci>'
        "<ci>max</ci><ci>time</ci>"
        '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">q</csymbol>'
        "</apply></math></rateRule>",
    )  # fmt: skip
    found = from_sbml(model(body))
    assert dict(found.renamed) == {"_k": "k", "lambda": "lambda_", "max": "max_"}
    assert found.spec.time == "t_1"
    assert rates(found.spec, {"t": 0.0}, t=100.0) == {"t": 112.0}


def test_units_are_read_where_the_house_has_them() -> None:
    units = (
        '<listOfUnitDefinitions><unitDefinition id="h"><listOfUnits><unit kind="second" '
        'exponent="1" scale="0" multiplier="3600"/></listOfUnits></unitDefinition>'
        '<unitDefinition id="nM"><listOfUnits><unit kind="mole" exponent="1" scale="-9" '
        'multiplier="1"/><unit kind="litre" exponent="-1" scale="0" multiplier="1"/>'
        '</listOfUnits></unitDefinition><unitDefinition id="hot"><listOfUnits><unit kind="kelvin"'
        ' exponent="1" scale="0" multiplier="1"/></listOfUnits></unitDefinition>'
        "</listOfUnitDefinitions>"
    )
    body = units + (
        '<listOfParameters><parameter id="x" value="1" units="nM" constant="false"/>'
        '<parameter id="y" value="1" units="hot" constant="true"/></listOfParameters>'
    ) + lists(Rules=f'<rateRule variable="x">{formula("-x*y")}</rateRule>')  # fmt: skip
    found = from_sbml(model(body, attributes='timeUnits="h"'))
    assert found.spec.states[0].unit == "nmol/L"
    assert found.spec.time_unit == "h"
    told = " ".join(str(n) for n in found.notes)
    assert "time runs in h" in told
    assert "'hot' has no equal here" in told


def test_a_delayed_state_drives_a_reaction_and_a_rule() -> None:
    rate = (
        f'<math {MATH}><apply><times/><ci>k</ci><apply><csymbol encoding="text" '
        'definitionURL="http://www.sbml.org/sbml/symbols/delay">delay</csymbol><ci>x</ci>'
        "<ci>tau</ci></apply></apply></math>"
    )
    body = lists(
        Parameters=parameter("k", "2") + parameter("tau", "3") + parameter("x", "5", "false")
        + parameter("y", "1", "false") + parameter("late", "", "false"),
        Rules=f'<rateRule variable="x">{formula("-k*x")}</rateRule>'
        f'<rateRule variable="y">{formula("late - y")}</rateRule>'
        f'<assignmentRule variable="late">{rate}</assignmentRule>',
    )  # fmt: skip
    spec = from_sbml(model(body)).spec
    assert {e.name: e.text for e in spec.expressions} == {"late": "k*delay(x, tau)"}
    assert [o.name for o in spec.outputs] == ["x", "y"]
    again = from_sbml(to_sbml(spec)).spec
    assert again.equations == spec.equations
    assert again.expressions == spec.expressions


def test_a_state_in_logs_comes_back_as_one() -> None:
    spec = ModelSpec(
        name="fall",
        states=(State(name="x", initial="5", logged=True),),
        odes={"x": "-x/2 [day]"},
        outputs=(Output(name="y", text="x"),),
    )
    assert from_sbml(to_sbml(spec)).spec.states[0].logged


def test_everything_that_cannot_be_said_is_told_at_once_with_lines() -> None:
    body = lists(
        Compartments=compartment(),
        Species=species("A", 'initialConcentration="3"') + species("B", ""),
        Parameters=parameter("k"),
        Rules=f"<algebraicRule>{formula('A - B')}</algebraicRule>",
        Reactions=reaction("r", "floor(A)*piecewise(1, A == 2, 0)", reactants="1*A"),
        Events=event("time > 5", "A=1", more=f"<delay>{formula('2')}</delay>"),
    )
    with pytest.raises(InputError) as caught:
        from_sbml(model(body))
    told = [str(p) for p in caught.value.problems]
    assert any("algebraic rule" in t and "assignment rule" in t for t in told)
    assert any("(event e): the event acts with a delay" in t for t in told)
    assert any("(species B): there is no initial value" in t for t in told)
    assert any("floor" in t and "(reaction r)" in t for t in told)
    assert all(t[0].isdigit() for t in told)
    assert len(told) >= 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<sbml", "SBML rule"),
        ("", "SBML rule"),
        ('<?xml version="1.0"?><a/>', "SBML rule"),
        (model(lists(Parameters=parameter("k", "1") + parameter("k", "1"))), "SBML rule 10301"),
        (model(lists(Parameters=parameter("k", "1"))), "no output"),
    ],
)
def test_what_is_no_model_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_sbml(text)


def test_an_event_at_time_zero_is_refused() -> None:
    body = lists(
        Parameters=parameter("x", "1", "false"), Events=event("x > 0", "x=0", first="false")
    )
    with pytest.raises(InputError, match="acts at time 0"):
        from_sbml(model(body))


def test_a_circle_of_rules_is_refused() -> None:
    rules = "".join(
        f'<assignmentRule variable="{a}">{formula(b)}</assignmentRule>'
        for a, b in (("x", "y"), ("y", "x"))
    )
    with pytest.raises(InputError):
        from_sbml(
            model(lists(Parameters=parameter("x", "", "false") + parameter("y", "", "false"),
                        Rules=rules))
        )  # fmt: skip


def test_files_say_their_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text(model(lists(Parameters=parameter("k", "1") + parameter("k", "1"))))
    with pytest.raises(InputError, match=r"broken\.xml:\d+: SBML rule 10301"):
        from_sbml(path)
    with pytest.raises(StorageError):
        from_sbml(tmp_path / "absent.xml")
    path.write_bytes(b"\xff\xfe<")
    with pytest.raises(InputError, match="no UTF-8"):
        from_sbml(path)


def test_the_leukemia_file_of_biomodels_has_the_equations_of_the_library() -> None:
    """Level 2, functions, an assignment rule and reactions on concentrations."""
    found = from_sbml(HERE / "sbml" / "biomd0000001011.xml", name="leukemia")
    spec, _ = get_model("leon_triana_2020_leukemia")
    ours = [s.name for s in spec.states]
    theirs = [s.name for s in found.spec.states]
    assert theirs == ["CAR_T_cells", "Leukaemic_B_cells", "B_cells_healthy"]
    assert [evaluate(s.initial, {}) for s in found.spec.states] == [1e7, 5e10, 2.5e10]
    assert found.spec.time_unit == "day"
    order = [ours.index(name) for name in ("car", "leukemia", "healthy_b")]
    draw = random.Random(5)
    for _ in range(50):
        at = [10.0 ** draw.uniform(5, 11) for _ in theirs]
        mine = rates(spec, {ours[k]: x for k, x in zip(order, at, strict=True)})
        yours = rates(found.spec, dict(zip(theirs, at, strict=True)))
        # The file rounds 1/30 to ten digits, which counts where growth and kill balance.
        for k, name, x in zip(order, theirs, at, strict=True):
            assert yours[name] == pytest.approx(mine[ours[k]], rel=1e-9, abs=1e-9 * x)
    assert "model leukemia" in to_text(found.spec)
