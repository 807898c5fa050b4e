"""Edits of a model: each takes a spec and returns a new one, checked like any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from leucel.core import InputError, Place, Problem, unknown_name
from leucel.model.spec import Correlation, Event, Expression, ModelSpec, Output, Parameter, State


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Item = TypeVar("Item", bound=_Named)


def _put(items: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    """Replace the item of the same name in its place, or append it."""
    if any(old.name == item.name for old in items):
        return tuple(item if old.name == item.name else old for old in items)
    return (*items, item)


def _require_known(names: Mapping[str, object], known: Sequence[str], noun: str) -> None:
    problems = [unknown_name(name, known, noun=noun) for name in names if name not in known]
    if problems:
        raise InputError(problems)


def _require_finite(numbers: Mapping[str, float], what: str) -> None:
    problems = [
        Problem(
            what=f"the {what} is no finite number", where=Place(key=name), received=repr(number)
        )
        for name, number in numbers.items()
        if not math.isfinite(number)
    ]
    if problems:
        raise InputError(problems)


def _change_parameters(
    spec: ModelSpec, names: Mapping[str, object], change: Callable[[Parameter], Parameter]
) -> ModelSpec:
    _require_known(names, [p.name for p in spec.parameters], "parameter")
    parameters = tuple(change(p) if p.name in names else p for p in spec.parameters)
    return replace(spec, parameters=parameters)


def with_name(spec: ModelSpec, name: str, description: str | None = None) -> ModelSpec:
    """The same model under another name, with another description if one is given."""
    return replace(
        spec, name=name, description=spec.description if description is None else description
    )


def with_values(spec: ModelSpec, values: Mapping[str, float]) -> ModelSpec:
    """The model with other typical values.

    A changed parameter loses its evidence, which spoke of the old value.

    Raises
    ------
    InputError
        For unknown names and values that are not finite or outside their range, all at once.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, with_values
    >>> k = Parameter(name="k", value=1.0, unit="1/day")
    >>> line = ModelSpec(name="line", parameters=(k,), outputs=(Output(name="y", text="k*t"),))
    >>> with_values(line, {"k": 2.0}).typical_values()
    {'k': 2.0}
    """
    _require_finite(values, "value")

    def change(parameter: Parameter) -> Parameter:
        value = float(values[parameter.name])
        if value == parameter.value:
            return parameter
        return replace(parameter, value=value, evidence=None)

    return _change_parameters(spec, values, change)


def with_omegas(spec: ModelSpec, omegas: Mapping[str, float | None]) -> ModelSpec:
    """The model with other standard deviations of random effects; None removes a random effect.

    With a random effect go its correlations.
    """
    kept = tuple(
        c
        for c in spec.correlations
        if omegas.get(c.first, 0.0) is not None and omegas.get(c.second, 0.0) is not None
    )
    return _change_parameters(
        replace(spec, correlations=kept), omegas, lambda p: replace(p, omega=omegas[p.name])
    )


def with_correlations(spec: ModelSpec, *correlations: Correlation) -> ModelSpec:
    """The model with correlations of random effects in place of those that it had.

    Raises
    ------
    ModelError
        When a parameter has no random effect, or the correlations contradict each other.
    """
    return replace(spec, correlations=correlations)


def with_covariance(
    spec: ModelSpec, names: Sequence[str], matrix: Sequence[Sequence[float]]
) -> ModelSpec:
    """The model with the random effects of some parameters as one block.

    Parameters
    ----------
    names : parameters of the block, K.
    matrix : their variances and covariances, (K, K), or its lower triangle row by row, as the
        `$OMEGA BLOCK` of NONMEM writes it.

    Raises
    ------
    InputError
        When the matrix does not fit the names, is not symmetric, or has a variance of 0 or less.
    ModelError
        When it is not positive definite.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, with_covariance
    >>> both = (Parameter(name="a", value=1.0), Parameter(name="b", value=1.0))
    >>> spec = ModelSpec(name="pair", parameters=both, outputs=(Output(name="y", text="a*b"),))
    >>> block = with_covariance(spec, ("a", "b"), ((1.0,), (0.5, 4.0)))
    >>> block.parameter("b").omega, block.correlations[0].value
    (2.0, 0.25)
    """
    rows = [list(map(float, row)) for row in matrix]
    _require_known(dict.fromkeys(names), [p.name for p in spec.parameters], "parameter")
    widths = [len(row) for row in rows]
    count = len(names)
    if widths not in (list(range(1, count + 1)), [count] * count):
        raise InputError(
            Problem(
                what="the matrix does not fit the parameters",
                received=f"rows of {', '.join(map(str, widths))} numbers",
                allowed=f"{count} rows, whole or the lower triangle",
            )
        )
    whole = widths[0] > 1 or count == 1
    if whole and any(rows[i][j] != rows[j][i] for i in range(count) for j in range(i)):
        raise InputError(Problem(what="the matrix of covariances is not symmetric"))
    variances = {name: rows[i][i] for i, name in enumerate(names)}
    _require_finite(
        {name: v if v > 0 else math.nan for name, v in variances.items()},
        "variance (a number above 0)",
    )
    omegas: dict[str, float | None] = {name: math.sqrt(v) for name, v in variances.items()}
    inside = frozenset(names)
    others = [c for c in spec.correlations if not {c.first, c.second} <= inside]
    block = [
        Correlation(
            first=names[j],
            second=names[i],
            value=rows[i][j] / math.sqrt(rows[i][i] * rows[j][j]),
        )
        for i in range(count)
        for j in range(i)
        if rows[i][j] != 0.0
    ]
    parameters = tuple(
        replace(p, omega=omegas[p.name]) if p.name in inside else p for p in spec.parameters
    )
    return replace(spec, parameters=parameters, correlations=(*others, *block))


def with_parameter(spec: ModelSpec, parameter: Parameter) -> ModelSpec:
    """The model with a parameter added, or replaced when the name is there."""
    return replace(spec, parameters=_put(spec.parameters, parameter))


def with_expression(spec: ModelSpec, expression: Expression) -> ModelSpec:
    """The model with a named expression added, or replaced when the name is there."""
    return replace(spec, expressions=_put(spec.expressions, expression))


def with_state(spec: ModelSpec, state: State, *, ode: str) -> ModelSpec:
    """The model with a state and its equation added, or replaced when the name is there."""
    return replace(
        spec,
        states=_put(spec.states, state),
        odes={**dict(spec.equations), state.name: ode},
    )


def with_ode(spec: ModelSpec, odes: Mapping[str, str]) -> ModelSpec:
    """The model with other equations for some of its states."""
    _require_known(odes, [s.name for s in spec.states], "state")
    return replace(spec, odes={**dict(spec.equations), **odes})


def with_initial(spec: ModelSpec, initial: Mapping[str, str]) -> ModelSpec:
    """The model with other initial values for some of its states."""
    _require_known(initial, [s.name for s in spec.states], "state")
    states = tuple(
        replace(s, initial=initial[s.name]) if s.name in initial else s for s in spec.states
    )
    return replace(spec, states=states)


def with_output(spec: ModelSpec, output: Output) -> ModelSpec:
    """The model with an output added, or replaced when the name is there."""
    return replace(spec, outputs=_put(spec.outputs, output))


def with_event(spec: ModelSpec, event: Event) -> ModelSpec:
    """The model with an event added, or replaced when the name is there."""
    return replace(spec, events=_put(spec.events, event))


def without_event(spec: ModelSpec, name: str) -> ModelSpec:
    """The model with one event removed."""
    _require_known({name: None}, [e.name for e in spec.events], "event")
    return replace(spec, events=tuple(e for e in spec.events if e.name != name))


def with_integral(spec: ModelSpec, output: str) -> ModelSpec:
    """The model with the integral of an output over time as a further state and output.

    The state and the output are called ``auc_<output>``. An area carried as a state is as accurate
    as the solution itself, where a trapezoid on a grid misses short spikes.
    """
    found = {o.name: o for o in spec.outputs}
    _require_known({output: None}, list(found), "output")
    chosen = found[output]
    name, unit = f"auc_{output}", f"{chosen.unit or '1'}*{spec.time_unit}"
    meaning = f"integral of {output} over time"
    longer = with_state(
        spec, State(name=name, unit=unit, initial="0", meaning=meaning), ode=chosen.text
    )
    return with_output(longer, Output(name=name, text=name, unit=unit, meaning=meaning))
