"""Values of published models: one call is one number with its unit, symbol, place and mark."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leucel.core import Evidence, Kind, Mark, Source
from leucel.library.sources import LEUCEL
from leucel.model import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A parameter and its symbol in the paper."""

    parameter: Parameter
    symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """A table of a source; calling it takes one value from it.

    Attributes
    ----------
    place, mark, n, note : what holds for every value of the table unless a call says otherwise.
    """

    source: Source
    place: str
    mark: Mark = Mark.SEEN
    n: int | None = None
    note: str = ""

    def __call__(
        self,
        name: str,
        value: float,
        unit: str,
        symbol: str,
        meaning: str,
        *,
        omega: float | None = None,
        low: float = 0.0,
        high: float = math.inf,
        interval: tuple[float, float] | None = None,
        place: str | None = None,
        kind: Kind = Kind.REPORTED,
        note: str = "",
    ) -> Quoted:
        """One value; `low` and `high` are the range that makes sense, `interval` the 95% limits."""
        evidence = Evidence(
            value=value,
            unit=unit,
            low=None if interval is None else interval[0],
            high=None if interval is None else interval[1],
            n=self.n,
            source=self.source.id,
            place=self.place if place is None else place,
            mark=self.mark,
            kind=kind,
            note="; ".join(filter(None, (note, self.note))),
        )
        parameter = Parameter(
            name=name,
            value=value,
            unit=unit,
            meaning=meaning,
            omega=omega,
            low=low,
            high=high,
            evidence=evidence,
        )
        return Quoted(parameter=parameter, symbol=symbol)


def own_value(
    name: str,
    value: float,
    unit: str,
    meaning: str,
    note: str,
    *,
    low: float = 0.0,
    high: float = math.inf,
) -> Parameter:
    """A number without outside authority, with the reason for it."""
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        meaning=meaning,
        low=low,
        high=high,
        evidence=Evidence(
            value=value,
            unit=unit,
            source=LEUCEL.id,
            mark=Mark.OWN_VALUE,
            kind=Kind.ASSUMED,
            note=note,
        ),
    )


def parameters_of(*items: Quoted | Parameter) -> tuple[Parameter, ...]:
    """The parameters of quoted and own values, in order."""
    return tuple(item.parameter if isinstance(item, Quoted) else item for item in items)


def symbols_of(*items: Quoted | Parameter) -> tuple[tuple[str, str], ...]:
    """Pairs of name and symbol of the paper, for the values that come from one."""
    return tuple((i.parameter.name, i.symbol) for i in items if isinstance(i, Quoted))
