"""What a model is: parameters, states, equations, events and outputs, as plain values.

Equations are texts of the grammar in `leucel.model.grammar`. A `ModelSpec` checks itself when it is
made, so a spec that exists is complete and consistent; only units are checked apart, by
`check_units`, because a model under construction may not have them yet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from leucel.core import Evidence, InputError, content_hash, unknown_name

Pairs = tuple[tuple[str, str], ...]
EtaScale = Literal["log", "logit"]
ResidualKind = Literal["additive", "proportional", "lognormal"]
T = TypeVar("T")


def _pairs(value: Mapping[str, str] | Pairs) -> Pairs:
    return tuple(value.items()) if isinstance(value, Mapping) else tuple(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of the model with its unit, range, variability and evidence.

    Attributes
    ----------
    value : typical value, in `unit`.
    omega : standard deviation of the random effect; None when it does not vary between patients.
    scale : "log" (individual = value * exp(eta)) or "logit" (within `low` and `high`, both finite).
    low, high : range within which a value makes sense.
    """

    name: str
    value: float
    unit: str = "1"
    meaning: str = ""
    omega: float | None = None
    scale: EtaScale = "log"
    low: float = -math.inf
    high: float = math.inf
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A quantity that an equation moves.

    Attributes
    ----------
    initial : expression in parameters.
    logged : true for a state that solvers keep as its logarithm, so that it cannot become
        negative and is followed over any number of orders of magnitude. It has to start above
        zero; equations, doses, events and outputs speak of the state itself.
    """

    name: str
    unit: str = "1"
    initial: str = "0"
    meaning: str = ""
    logged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A named part of the equations; may use time, states, parameters and other expressions."""

    name: str
    text: str
    unit: str = "1"
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A quantity that a simulation reports."""

    name: str
    text: str
    unit: str = "1"
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happens when the expression `when` crosses zero downwards.

    Attributes
    ----------
    set : new values by state; given as a mapping, kept as pairs. All right-hand sides see the
        values before the event. An empty `set` only locates the moment, so that a solver restarts
        there (a kink of the equations).
    """

    name: str
    when: str
    set: Mapping[str, str] | Pairs = ()
    meaning: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "set", _pairs(self.set))

    @property
    def assignments(self) -> Pairs:
        """Pairs of state and text of its new value."""
        return _pairs(self.set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """One part of the residual error of an output; two parts of one output add their variances.

    Attributes
    ----------
    kind : "additive" (sigma in the unit of the output), "proportional" (sigma a fraction) or
        "lognormal" (sigma on the natural-log scale).
    """

    output: str
    kind: ResidualKind
    sigma: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Correlation of the random effects of two parameters; pairs not named are independent.

    Attributes
    ----------
    first, second : parameters with a random effect.
    value : correlation of the two effects on their own scale (log or logit), between -1 and 1.
    """

    first: str
    second: str
    value: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A complete model; closed-form models have outputs but no states.

    Attributes
    ----------
    odes : text of the derivative of each state; given as a mapping, kept as pairs.
    correlations : of random effects; without them all effects are independent.
    dose_state : state that a dose is added to; None when dose does not enter.
    time, time_unit : symbol and unit of time.

    Raises
    ------
    ModelError
        With every fault of the definition: syntax, unknown or repeated names, circular
        expressions, values out of range, missing equations, correlations that no random effects
        can have together.

    Examples
    --------
    >>> decay = ModelSpec(
    ...     name="decay",
    ...     parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
    ...     states=(State(name="x", unit="cells", initial="100 [cells]"),),
    ...     odes={"x": "-k*x"},
    ...     outputs=(Output(name="cells", text="x", unit="cells"),),
    ... )
    >>> decay.ode("x")
    '-k*x'
    """

    name: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    expressions: tuple[Expression, ...] = ()
    states: tuple[State, ...] = ()
    odes: Mapping[str, str] | Pairs = ()
    events: tuple[Event, ...] = ()
    outputs: tuple[Output, ...] = ()
    residuals: tuple[Residual, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    dose_state: str | None = None
    time: str = "t"
    time_unit: str = "day"

    def __post_init__(self) -> None:
        # Late, because the checks need the classes above.
        from leucel.model.checks import require_valid

        for name in (
            "parameters",
            "expressions",
            "states",
            "events",
            "outputs",
            "residuals",
            "correlations",
        ):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "odes", _pairs(self.odes))
        require_valid(self)

    @property
    def equations(self) -> Pairs:
        """Pairs of state and text of its derivative."""
        return _pairs(self.odes)

    @property
    def closed_form(self) -> bool:
        """True when the outputs are functions of time and nothing is integrated."""
        return not self.states

    def ode(self, state: str) -> str:
        """Text of the derivative of one state."""
        return _pick(dict(self.equations), state, "state")

    def parameter(self, name: str) -> Parameter:
        """One parameter by name; an unknown name raises `InputError` with near misses."""
        return _pick({p.name: p for p in self.parameters}, name, "parameter")

    def typical_values(self) -> dict[str, float]:
        """Value of each parameter by name, in the order of the definition."""
        return {p.name: p.value for p in self.parameters}

    @property
    def content_hash(self) -> str:
        """SHA-256 of what the model computes.

        Names of the model, descriptions, meanings, evidence and the layout of equations do not
        enter; equal hashes mean equal results.
        """
        from leucel.model.content import content_of

        return content_hash(content_of(self))


def _pick(found: Mapping[str, T], name: str, noun: str) -> T:
    if name not in found:
        raise InputError(unknown_name(name, list(found), noun=noun))
    return found[name]
