"""The piecewise family: lag, expansion to a peak, one or two declines; hard or smooth switches.

Stein 2019 and Ogasawara 2021 are members. Levels are relative to a reference level ``c_max``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leucel.core import InputError, unknown_name
from leucel.model import Event, Expression, ModelSpec, Output, Parameter, Residual, State

Switch = Literal["hard", "smooth"]
Growth = Literal["exponential", "saturable"]
Decline = Literal["biexponential", "monoexponential"]
_OPTIONS = {
    "switch": ("hard", "smooth"),
    "growth": ("exponential", "saturable"),
    "decline": ("biexponential", "monoexponential"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piecewise:
    """Which member of the family.

    Attributes
    ----------
    lag : whether the level stays where it is for ``t_lag`` days first.
    switch : "hard", or logistic gates of width ``t_gate`` [day] at the lag and the peak.
    growth : "exponential", or a rate ``v_expansion*y/(km_expansion + y)`` that levels off.
    decline : fast and slow, or fast alone.
    """

    lag: bool = False
    switch: Switch = "hard"
    growth: Growth = "exponential"
    decline: Decline = "biexponential"

    def __post_init__(self) -> None:
        problems = [
            unknown_name(getattr(self, name), list(known), noun=f"option of {name}")
            for name, known in _OPTIONS.items()
            if getattr(self, name) not in known
        ]
        if problems:
            raise InputError(problems)

    @property
    def closed_form(self) -> bool:
        """True when the member needs no solver."""
        return self.switch == "hard" and self.growth == "exponential"

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the parameters that the member is made of."""
        return (
            *(("t_lag",) if self.lag else ()),
            "t_max",
            "c_max",
            "k_expansion",
            *(("km_expansion",) if self.growth == "saturable" else ()),
            "k_decline_fast",
            *(("fraction_slow", "k_decline_slow") if self.decline == "biexponential" else ()),
            *(("t_gate",) if self.switch == "smooth" else ()),
        )


def piecewise_model(
    name: str,
    member: Piecewise,
    *,
    parameters: tuple[Parameter, ...],
    expressions: tuple[Expression, ...] = (),
    residuals: tuple[Residual, ...] = (),
    unit: str = "copies/ug",
    output: str = "transgene",
    meaning: str = "CAR transgene in blood",
    form: Literal["shortest", "ode"] = "shortest",
) -> ModelSpec:
    """A member of the family as a model.

    Parameters
    ----------
    parameters, expressions : must define what `member.needs` lists: ``t_lag``, ``t_max`` [day],
        ``c_max`` (level at the peak of exponential growth, in `unit`), ``k_expansion`` [1/day] (the
        rate at low levels), ``km_expansion`` [unit], ``k_decline_fast``, ``k_decline_slow``
        [1/day], ``fraction_slow`` (share of the peak that declines slowly), ``t_gate`` [day].
    form : "shortest" gives the closed form where there is one, "ode" always two pools.

    Raises
    ------
    InputError
        When a parameter of the member is missing.

    Notes
    -----
    The ODE form has pools E and M with ``dE = growth - a*E`` and ``dM = B*(a - b)*E - b*M`` after
    the peak, which is the biexponential exactly when the switch is hard. With a smooth switch each
    phase is weighted by its gate ``1/(1 + exp(-(t - t_switch)/t_gate))``; with saturable growth the
    peak is lower than ``c_max``.

    Examples
    --------
    >>> from leucel.model import Parameter
    >>> given = {"t_max": "day", "c_max": "copies/ug", "k_expansion": "1/day",
    ...          "k_decline_fast": "1/day"}
    >>> numbers = tuple(Parameter(name=n, value=1.0, unit=u) for n, u in given.items())
    >>> piecewise_model("one", Piecewise(decline="monoexponential"), parameters=numbers).closed_form
    True
    """
    known = [item.name for item in (*parameters, *expressions)]
    missing = [n for n in member.needs if n not in known]
    if missing:
        raise InputError([unknown_name(n, known, noun="needed parameter") for n in missing])
    if form == "shortest" and member.closed_form:
        added, level = _closed_form(member)
        return ModelSpec(
            name=name,
            description="Expansion to a peak, then decline",
            parameters=parameters,
            expressions=(*expressions, *added),
            outputs=(Output(name=output, text=level, unit=unit, meaning=meaning),),
            residuals=residuals,
        )
    return _pools(name, member, parameters, expressions, residuals, unit, output, meaning)


def _closed_form(member: Piecewise) -> tuple[tuple[Expression, ...], str]:
    growing = "max(t, t_lag)" if member.lag else "t"
    share = "exp(-k_decline_fast*since_peak)"
    if member.decline == "biexponential":
        share = f"(1 - fraction_slow)*{share} + fraction_slow*exp(-k_decline_slow*since_peak)"
    added = (
        Expression(
            name="before_peak",
            text=f"min({growing} - t_max, 0)",
            unit="day",
            meaning="time of expansion that is left until the peak, as a negative number",
        ),
        Expression(
            name="since_peak", text="max(t - t_max, 0)", unit="day", meaning="time since the peak"
        ),
        Expression(name="share_of_peak", text=share, meaning="what is left of the peak"),
    )
    return added, "c_max*exp(k_expansion*before_peak)*share_of_peak"


def _pools(
    name: str,
    member: Piecewise,
    parameters: tuple[Parameter, ...],
    expressions: tuple[Expression, ...],
    residuals: tuple[Residual, ...],
    unit: str,
    output: str,
    meaning: str,
) -> ModelSpec:
    start = "t_max - t_lag" if member.lag else "t_max"
    two = member.decline == "biexponential"
    rate = "k_expansion"
    if member.growth == "saturable":
        rate = "k_expansion*km_expansion/(km_expansion + effector)"
    if member.switch == "hard":
        after = "if(t < t_max, 0, 1)"
        during = "if(t < t_max, 1, 0)"
        during = f"if(t < t_lag, 0, {during})" if member.lag else during
        events = (
            *(
                (Event(name="lag_over", when="t_lag - t", meaning="expansion begins"),)
                if member.lag
                else ()
            ),
            Event(name="peak", when="t_max - t", meaning="expansion stops, contraction begins"),
        )
    else:
        after = "logistic((t - t_max)/t_gate)"
        during = "logistic((t_max - t)/t_gate)"
        during = f"logistic((t - t_lag)/t_gate)*{during}" if member.lag else during
        events = ()
    memory = State(name="memory", unit=unit, meaning="level in cells that persist")
    return ModelSpec(
        name=name,
        description="Cells that expand until the peak and then decline",
        parameters=parameters,
        expressions=(
            *expressions,
            Expression(name="gate_expansion", text=during, meaning="share of expansion that is on"),
            Expression(name="gate_decline", text=after, meaning="share of decline that is on"),
        ),
        states=(
            State(
                name="effector",
                unit=unit,
                initial=f"c_max*exp(-k_expansion*({start}))",
                meaning="level in cells that expand and contract",
            ),
            *((memory,) if two else ()),
        ),
        odes={
            "effector": f"(gate_expansion*{rate} - gate_decline*k_decline_fast)*effector",
            **(
                {
                    "memory": "gate_decline*(fraction_slow*(k_decline_fast - k_decline_slow)"
                    "*effector - k_decline_slow*memory)"
                }
                if two
                else {}
            ),
        },
        events=events,
        outputs=(
            Output(
                name=output,
                text="effector + memory" if two else "effector",
                unit=unit,
                meaning=meaning,
            ),
        ),
        residuals=residuals,
    )
