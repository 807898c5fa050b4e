"""Checks written short: what is printed carries its own tolerance, what we get stands apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from leucel.core import Mark, Source
from leucel.library.cards import Check, Quantity, Values
from leucel.library.measured import MEASURED
from leucel.library.sources import LEUCEL

# What two solvers at a relative tolerance of 1e-9 a step may differ by.
_SOLVER = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Numbers that one source gives for one model; calling it makes one check."""

    model: str
    source: Source = LEUCEL
    mark: Mark = Mark.OWN_VALUE
    place: str = ""
    observed: bool = False
    rough: bool = False

    def __call__(
        self,
        name: str,
        quantity: Quantity,
        printed: str,
        unit: str = "1",
        *,
        output: str = "",
        formula: str = "",
        end: float = 0.0,
        start: float = 0.0,
        step: float = 0.25,
        dose: float | None = None,
        doses: tuple[tuple[float, float], ...] = (),
        cohort: tuple[Values, ...] = (),
        choices: tuple[tuple[str, str], ...] = (),
        against: tuple[tuple[str, str], ...] = (),
        against_values: Values = (),
        near: Values = (),
        vary: tuple[str, float, float] | None = None,
        level: float = 0.0,
        tolerance: float | None = None,
        reason: str = "",
        place: str = "",
        disagreement: str = "",
    ) -> Check:
        """One check; without `tolerance`, half a unit of the last digit of `printed`.

        A number that is not met, with its `disagreement`, was seen and not reproduced.
        """
        number = Decimal(printed)
        last = number.as_tuple().exponent
        if tolerance is None:
            half = Decimal(5) * Decimal(10) ** (int(last) - 1)
            tolerance = float(half / abs(number)) + _SOLVER
            digits = len(number.as_tuple().digits)
            reason = f"printed with {digits} digits: half a unit of the last one"
        return Check(
            name=name,
            quantity=quantity,
            expected=float(number),
            ours=MEASURED.get(self.model, {}).get(name, float("nan")),
            tolerance=tolerance,
            reason=reason,
            unit=unit,
            mark=Mark.SEEN if disagreement and self.mark is Mark.REPRODUCED else self.mark,
            source=self.source.id,
            place=place or self.place,
            output=output,
            formula=formula,
            dose=dose,
            doses=doses,
            start=start,
            end=end,
            step=step,
            cohort=cohort,
            choices=choices,
            against=against,
            against_values=against_values,
            near=near,
            vary=vary,
            level=level,
            observed=self.observed,
            rough=self.rough,
            disagreement=disagreement,
        )
