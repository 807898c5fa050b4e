"""What Singh 2021 has to reproduce, at doses of 50, 150 and 450 million CAR+ T cells."""

from __future__ import annotations

from leucel.core import Mark
from leucel.library.cards import Check, Quantity
from leucel.library.sources import LEUCEL, NLMIXR2LIB

_DOSES = (50e6, 150e6, 450e6)
_ARTICLE = "article Singh_2021_idecabtageneVicleucel"
_UNROUNDED = "the other program prints five digits; both solve to about 1e-6"
_PERCENT = "change printed in percent with one decimal: half a unit of the last digit"
_TWO_DIGITS = "printed with two digits: half a unit of the last one"
_PRINTED = "half a unit of the last digit printed, with a margin for the solver"
_SPAN = "given as a span for the three doses, half of which is the tolerance: "
_TRAPEZOID = (
    "printed as 0.5% (50 million cells) and 5% (450 million) above the integral, to one digit; the"
    " number between them is this project's"
)
_GRID = "a time on the grid has to be the same"
# Half of 0.1%, relative to the 7.5% of M-protein that are left at the nadir.
_NADIR_TOLERANCE = 0.0068


def _rows(
    name: str,
    quantity: Quantity,
    output: str,
    unit: str,
    numbers: tuple[tuple[float, float, float], ...],
    reason: str,
    *,
    start: float = 0.0,
    end: float,
    step: float = 0.25,
    outside: bool = False,
) -> tuple[Check, ...]:
    """One check for each dose; `numbers` are expected value, ours and tolerance."""
    return tuple(
        Check(
            name=f"{name}, {dose / 1e6:g} million cells",
            quantity=quantity,
            output=output,
            dose=dose,
            start=start,
            end=end,
            step=step,
            expected=expected,
            ours=ours,
            tolerance=tolerance,
            reason=reason,
            unit=unit,
            mark=Mark.REPRODUCED if outside else Mark.OWN_VALUE,
            source=NLMIXR2LIB.id if outside else LEUCEL.id,
            place=_ARTICLE if outside else "",
        )
        for dose, (expected, ours, tolerance) in zip(_DOSES, numbers, strict=True)
    )


CHECKS = (
    *_rows(
        "peak transgene after day 1",
        "maximum",
        "transgene",
        "copies/ug",
        ((37411.0, 37411.33, 2e-5), (36479.0, 36479.25, 2e-5), (35743.0, 35743.4, 2e-5)),
        _UNROUNDED,
        start=1.0,
        end=60.0,
        step=0.5,
        outside=True,
    ),
    *_rows(
        "nadir of M-protein relative to baseline",
        "minimum",
        "m_protein_relative",
        "1",
        (
            (0.075, 0.07507909, _NADIR_TOLERANCE),
            (0.076, 0.07585895, _NADIR_TOLERANCE),
            (0.077, 0.07653532, _NADIR_TOLERANCE),
        ),
        _PERCENT,
        end=120.0,
        outside=True,
    ),
    *_rows(
        "peak transgene after day 1, finer grid",
        "maximum",
        "transgene",
        "copies/ug",
        ((37441.0, 37441.47, 2e-5), (36537.0, 36537.17, 2e-5), (35770.0, 35770.12, 2e-5)),
        _PRINTED,
        start=1.0,
        end=60.0,
    ),
    *_rows(
        "day of the peak",
        "time_of_maximum",
        "transgene",
        "day",
        ((16.25, 16.25, 1e-9), (15.25, 15.25, 1e-9), (14.25, 14.25, 1e-9)),
        _GRID,
        start=1.0,
        end=60.0,
    ),
    *_rows(
        "area under the transgene to day 28",
        "area",
        "transgene",
        "copies/ug*day",
        ((433820.0, 433823.2, 3e-5), (432150.0, 432150.6, 3e-5), (431200.0, 431205.9, 3e-5)),
        _PRINTED,
        end=28.0,
    ),
    *_rows(
        "transgene on day 28",
        "value",
        "transgene",
        "copies/ug",
        ((8831.0, 8831.226, 1e-4), (7261.0, 7261.383, 1e-4), (5991.8, 5991.777, 2e-5)),
        _PRINTED,
        end=28.0,
    ),
    *_rows(
        "transgene on day 90",
        "value",
        "transgene",
        "copies/ug",
        ((146.0, 145.9514, 0.0035), (140.0, 139.641, 0.0037), (134.06, 134.0592, 1e-4)),
        _PRINTED,
        end=90.0,
    ),
    *_rows(
        "M-protein on day 28 relative to baseline",
        "value",
        "m_protein_relative",
        "1",
        ((0.443, 0.4428546, 0.0012), (0.417, 0.4169253, 0.0013), (0.392, 0.3922545, 0.0014)),
        _PERCENT,
        end=28.0,
    ),
    *_rows(
        "M-protein on day 90 relative to baseline",
        "value",
        "m_protein_relative",
        "1",
        (
            (0.075, 0.0750880088, _NADIR_TOLERANCE),
            (0.076, 0.075893934, _NADIR_TOLERANCE),
            (0.077, 0.0766109438, _NADIR_TOLERANCE),
        ),
        _PERCENT,
        end=90.0,
    ),
    *_rows(
        "day of the nadir of M-protein",
        "time_of_minimum",
        "m_protein_relative",
        "day",
        ((87.5, 88.75, 0.023), (87.5, 87.5, 0.023), (87.5, 86.25, 0.023)),
        _SPAN + "days 86 to 89",
        end=120.0,
    ),
    *_rows(
        "day of the lowest tumor",
        "time_of_minimum",
        "tumor_relative",
        "day",
        ((66.5, 67.5, 0.03), (66.5, 66.25, 0.03), (66.5, 65.0, 0.03)),
        _SPAN + "days 65 to 68",
        end=120.0,
    ),
    *_rows(
        "area under the transgene to day 28, trapezoids of a quarter of a day",
        "trapezoid",
        "transgene",
        "copies/ug*day",
        (
            (436000.0, 436141.422, 0.001),
            (439120.0, 439121.289, 3e-5),
            (452760.0, 452131.299, 0.005),
        ),
        _TRAPEZOID,
        end=28.0,
    ),
    *_rows(
        "lowest tumor relative to baseline",
        "minimum",
        "tumor_relative",
        "1",
        (
            (5.3e-6, 5.342165e-06, 0.0097),
            (5.6e-6, 5.602518e-06, 0.0092),
            (5.84e-6, 5.836322e-06, 0.001),
        ),
        _TWO_DIGITS,
        end=120.0,
    ),
)
