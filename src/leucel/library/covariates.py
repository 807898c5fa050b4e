"""Covariates and comedication on a parameter of any model, as edits of its text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from leucel.core import Evidence, InputError, Kind, Mark, Problem
from leucel.library.sources import LEUCEL
from leucel.model import Event, Expression, ModelSpec, Parameter

Effect = Literal["power", "fraction", "exponential"]
_TEXTS = {
    "power": "({covariate}/{covariate}_reference)^{beta}",
    "fraction": "(1 + {beta}*({covariate} - {covariate}_reference))",
    "exponential": "exp({beta}*({covariate} - {covariate}_reference))",
}


def with_covariate(
    spec: ModelSpec,
    parameter: str,
    covariate: str,
    *,
    beta: float,
    reference: float,
    unit: str = "1",
    effect: Effect = "power",
    evidence: Evidence | None = None,
) -> ModelSpec:
    """The model with a covariate that changes a parameter between patients.

    The parameter becomes ``typical_<parameter>`` (value, omega and evidence kept) and an expression
    of the old name takes its place everywhere. `parameter` may be a named expression as well, such
    as a rate that is computed from a doubling time.

    Parameters
    ----------
    covariate : name of a new parameter, the value of the patient in `unit`, default `reference`.
    beta : size of the effect, ``beta_<parameter>_<covariate>``.
    reference : value at which the parameter is the typical one.
    effect : "power" ``(x/ref)^beta``, "fraction" ``1 + beta*(x - ref)`` (for 0/1 covariates with
        reference 0) or "exponential" ``exp(beta*(x - ref))``.
    evidence : where `beta` stands; an assumption of the user when not given.

    Raises
    ------
    InputError
        When the model has no such parameter, the effect is unknown or a power has no positive
        reference.

    Examples
    --------
    >>> from leucel.library import get_model
    >>> spec, _ = get_model("stein_2019_tisagenlecleucel")
    >>> heavy = with_covariate(spec, "c_max", "weight", beta=-0.3, reference=70.0, unit="kg")
    >>> [p.name for p in heavy.parameters if "weight" in p.name]
    ['weight', 'weight_reference', 'beta_c_max_weight']
    """
    if effect not in _TEXTS:
        raise InputError(
            Problem(
                what=f"unknown effect of a covariate {effect!r}",
                allowed=", ".join(_TEXTS),
            )
        )
    if effect == "power" and not reference > 0.0:
        raise InputError(
            Problem(
                what="a power needs a positive reference",
                received=repr(reference),
                fix="use effect='fraction' for a covariate that can be 0",
            )
        )
    name = f"beta_{parameter}_{covariate}"
    # Outside a power the coefficient carries the inverse unit of the covariate.
    per = "1" if effect == "power" or unit == "1" else f"1/({unit})"
    factor = _TEXTS[effect].format(covariate=covariate, beta=name)
    added = (
        _assumed(covariate, reference, unit, f"{covariate} of the patient"),
        _assumed(f"{covariate}_reference", reference, unit, f"{covariate} of the typical patient"),
        _assumed(name, beta, per, f"effect of {covariate} on {parameter}", evidence=evidence),
    )
    return _with_factor(spec, parameter, factor, added)


def with_comedication(
    spec: ModelSpec,
    parameter: str,
    drug: str,
    *,
    factor: float,
    start: float,
    evidence: Evidence | None = None,
) -> ModelSpec:
    """The model with a parameter that is multiplied by a factor once a drug has been given.

    Parameters
    ----------
    drug : names the new parameters ``factor_<parameter>_<drug>`` and ``t_<drug>`` [time unit].
    factor : multiplier from the start on; 1 has no effect.
    start : first day of the drug.

    Raises
    ------
    InputError
        When the model is a closed form, in which a rate cannot change with time, or has no such
        parameter.

    Examples
    --------
    >>> from leucel.library import get_model
    >>> spec, _ = get_model("singh_2021_idecabtagene")
    >>> with_comedication(spec, "k_expansion_max", "steroid", factor=0.5, start=7.0).events[-1].name
    'steroid_given'
    """
    if spec.closed_form:
        raise InputError(
            Problem(
                what="a parameter of a closed form cannot change with time",
                received=spec.name,
                fix="take the ODE form of the model",
            )
        )
    name, when = f"factor_{parameter}_{drug}", f"t_{drug}"
    added = (
        _assumed(name, factor, "1", f"multiplier of {parameter} under {drug}", evidence=evidence),
        _assumed(when, start, spec.time_unit, f"start of {drug}"),
    )
    given = Event(name=f"{drug}_given", when=f"{when} - {spec.time}", meaning=f"{drug} is given")
    return _with_factor(
        spec, parameter, f"if({spec.time} < {when}, 1, {name})", added, events=(given,)
    )


def _assumed(
    name: str, value: float, unit: str, meaning: str, *, evidence: Evidence | None = None
) -> Parameter:
    own = Evidence(
        value=value,
        unit=unit,
        source=LEUCEL.id,
        mark=Mark.OWN_VALUE,
        kind=Kind.ASSUMED,
        note="given by the user of the model",
    )
    return Parameter(name=name, value=value, unit=unit, meaning=meaning, evidence=evidence or own)


def _with_factor(
    spec: ModelSpec,
    parameter: str,
    factor: str,
    added: tuple[Parameter, ...],
    *,
    events: tuple[Event, ...] = (),
) -> ModelSpec:
    """A factor on a parameter or expression, in an expression of its name; a second one joins."""
    typical = f"typical_{parameter}"
    parameters, expressions, states = spec.parameters, spec.expressions, spec.states
    defined = {e.name: e for e in expressions}
    if typical in {p.name for p in parameters} | set(defined):
        expressions = tuple(
            replace(e, text=f"{e.text}*{factor}") if e.name == parameter else e for e in expressions
        )
    else:
        old = defined[parameter] if parameter in defined else spec.parameter(parameter)
        parameters = tuple(
            replace(p, name=typical) if p.name == parameter else p for p in parameters
        )
        of_patient = Expression(
            name=parameter, text=f"{typical}*{factor}", unit=old.unit, meaning=old.meaning
        )
        expressions = (
            of_patient,
            *(replace(e, name=typical) if e.name == parameter else e for e in expressions),
        )
    if events:
        # A drug that is given later does not change where the states begin.
        word = re.compile(rf"\b{parameter}\b")
        states = tuple(replace(s, initial=word.sub(typical, s.initial)) for s in states)
    names = {p.name for p in parameters}
    known = {e.name for e in spec.events}
    return replace(
        spec,
        parameters=(*parameters, *(p for p in added if p.name not in names)),
        expressions=expressions,
        states=states,
        events=(*spec.events, *(e for e in events if e.name not in known)),
    )
