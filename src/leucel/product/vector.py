"""Transduction: the share of CAR+ cells and the vector copies they carry.

Three laws for the number of integrated copies of a cell: Poisson, zero-inflated Poisson (only a
susceptible share of the cells meets the vector) and negative binomial. The zero-inflated law is the
default of this room, because a plain Poisson law gives too few copies for a given share of CAR+
cells (ARI-0001 lot 01: 26% CAR+ and 1.45 copies, where Poisson gives 1.16).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betainc, gammainc, lambertw

from leucel.core import Evidence, InputError, Kind, Mark, Problem

COPY_LIMITS: tuple[Evidence, ...] = (
    Evidence(
        value=5.0,
        unit="copies/cell",
        source="pmc11461191",
        place="Table 1",
        mark=Mark.SECONDARY,
        note="fewer than 5 copies per transduced cell, anti-CD20 CAR-T product",
    ),
    Evidence(
        value=10.0,
        unit="copies/cell",
        source="ari_0001",
        place="Table 2",
        mark=Mark.SECONDARY,
        note="at most 10 copies per cell, ARI-0001",
    ),
)
"""Release limits of other products for the copy number; no limit of eque-cel is public."""

# Copies above which the closed forms lose their meaning: cells die of far fewer integrations.
_MOST_COPIES = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transduction:
    """The law of the vector copies in a cell of the product.

    Attributes
    ----------
    law : ``"poisson"``, ``"zero-inflated poisson"`` or ``"negative binomial"``.
    susceptible : share of cells that can take up the vector (1 unless zero-inflated).
    mean : mean copies of a susceptible cell.
    dispersion : k of the negative binomial law, None otherwise.
    """

    law: str
    susceptible: float
    mean: float
    dispersion: float | None = None

    @property
    def car_share(self) -> float:
        """Share of cells with at least one copy (CAR+ when each copy is expressed), 0-1."""
        return self.susceptible * (1.0 - self._zero)

    @property
    def copies_per_cell(self) -> float:
        """Mean copies per cell, over all cells."""
        return self.susceptible * self.mean

    @property
    def copies_per_car_cell(self) -> float:
        """Mean copies per transduced cell."""
        return self.mean / (1.0 - self._zero)

    def share_with(self, copies: int) -> float:
        """Share of the transduced cells that carry exactly `copies` copies (1 or more)."""
        return self.share_with_at_least(copies) - self.share_with_at_least(copies + 1)

    def share_with_at_least(self, copies: int) -> float:
        """Share of the transduced cells that carry `copies` copies or more.

        Examples
        --------
        >>> round(100 * poisson_transduction(car_share=0.9).share_with_at_least(5), 1)
        9.3
        """
        if copies < 1:
            raise InputError(
                Problem(
                    what="a transduced cell has at least one copy",
                    received=str(copies),
                    allowed="1 or more",
                )
            )
        if self.dispersion is None:
            tail = float(gammainc(copies, self.mean))
        else:
            tail = float(
                betainc(copies, self.dispersion, self.mean / (self.dispersion + self.mean))
            )
        return tail / (1.0 - self._zero)

    def to_dict(self) -> dict[str, object]:
        """The law and what follows from it, beside the published limits; JSON-ready."""
        return {
            "law": self.law,
            "car_share": self.car_share,
            "copies_per_cell": self.copies_per_cell,
            "copies_per_car_cell": self.copies_per_car_cell,
            "share_with_5_or_more": self.share_with_at_least(5),
            "share_above_5": self.share_with_at_least(6),
            "limits": [
                {"value": e.value, "unit": e.unit, "source": e.source, "note": e.note}
                for e in COPY_LIMITS
            ],
        }

    @property
    def _zero(self) -> float:
        if self.dispersion is None:
            return math.exp(-self.mean)
        return (1.0 + self.mean / self.dispersion) ** -self.dispersion


def poisson_transduction(
    *, car_share: float | None = None, copies_per_cell: float | None = None
) -> Transduction:
    """Poisson law from the share of CAR+ cells or from the mean copies per cell.

    With L the mean, the share is 1 - exp(-L), copies per cell L, per transduced cell L/share.

    Raises
    ------
    InputError
        When not exactly one argument is given, or it is out of range.

    Examples
    --------
    >>> round(poisson_transduction(car_share=0.5).copies_per_car_cell, 2)
    1.39
    """
    if (car_share is None) == (copies_per_cell is None):
        raise InputError(
            Problem(
                what="a Poisson law needs one number",
                allowed="either car_share or copies_per_cell",
            )
        )
    if car_share is not None:
        _require_share(car_share)
        mean = -math.log1p(-car_share)
    else:
        mean = _require_copies(copies_per_cell or 0.0, above=0.0)
    return Transduction(law="poisson", susceptible=1.0, mean=mean)


def zero_inflated_transduction(*, susceptible: float, mean: float) -> Transduction:
    """Zero-inflated Poisson law: a share s of the cells takes up copies with Poisson mean m.

    The share of CAR+ cells is s (1 - exp(-m)), copies per cell s m, per transduced cell
    m / (1 - exp(-m)).

    Examples
    --------
    >>> law = zero_inflated_transduction(susceptible=0.47, mean=0.80)
    >>> round(law.car_share, 2), round(law.copies_per_car_cell, 2)
    (0.26, 1.45)
    """
    if not 0.0 < susceptible <= 1.0:
        raise InputError(
            Problem(
                what="the susceptible share is out of range",
                received=str(susceptible),
                allowed="above 0, at most 1",
            )
        )
    return Transduction(
        law="zero-inflated poisson",
        susceptible=susceptible,
        mean=_require_copies(mean, above=0.0),
    )


def fit_zero_inflated(*, car_share: float, copies_per_car_cell: float) -> Transduction:
    """Zero-inflated Poisson law that meets a share of CAR+ cells and a copy number.

    Parameters
    ----------
    car_share : share of CAR+ cells, 0-1.
    copies_per_car_cell : mean copies per transduced cell (divide a copy number over all cells by
        the share first).

    Raises
    ------
    InputError
        When the numbers are out of range, or when the copy number is below that of a Poisson law
        with this share: then more than all cells would have to be susceptible.

    Examples
    --------
    >>> law = fit_zero_inflated(car_share=0.26, copies_per_car_cell=1.45)
    >>> round(law.susceptible, 2), round(law.mean, 2)
    (0.47, 0.8)
    """
    _require_share(car_share)
    _require_copies(copies_per_car_cell, above=1.0)
    least = poisson_transduction(car_share=car_share).copies_per_car_cell
    if copies_per_car_cell < least:
        raise InputError(
            Problem(
                what=f"{car_share:.0%} CAR+ cells cannot have so few copies each",
                received=f"{copies_per_car_cell:g} copies per transduced cell",
                allowed=f"at least {least:.2f}, the Poisson value for this share",
                fix="check whether the copy number is per cell or per transduced cell",
            )
        )

    # m / (1 - exp(-m)) = V has the closed form m = V + W0(-V exp(-V)), W0 the principal branch of
    # Lambert's function; it holds for V > 1, where -V exp(-V) is above the branch point -1/e.
    copies = copies_per_car_cell
    mean = copies + float(lambertw(-copies * math.exp(-copies)).real)
    susceptible = min(1.0, car_share / -math.expm1(-mean))
    return Transduction(law="zero-inflated poisson", susceptible=susceptible, mean=mean)


def negative_binomial_transduction(*, mean: float, dispersion: float) -> Transduction:
    """Negative binomial law: the share of CAR+ cells is 1 - (1 + L/k)^-k.

    Examples
    --------
    >>> round(negative_binomial_transduction(mean=1.0, dispersion=1.0).car_share, 3)
    0.5
    """
    if not (dispersion > 0 and math.isfinite(dispersion)):
        raise InputError(
            Problem(
                what="the dispersion k is out of range",
                received=str(dispersion),
                allowed="a finite number above 0",
            )
        )
    return Transduction(
        law="negative binomial",
        susceptible=1.0,
        mean=_require_copies(mean, above=0.0),
        dispersion=dispersion,
    )


def copies_from_ddpcr(*, vector: float, reference: float, per: str = "diploid") -> float:
    """Mean vector copies per cell from the counts of a digital PCR.

    Parameters
    ----------
    vector : vector molecules.
    reference : molecules of a gene with one copy per haploid genome.
    per : ``"diploid"`` (copies per cell, 2 x vector/reference) or ``"haploid"`` (per genome copy).

    Examples
    --------
    >>> copies_from_ddpcr(vector=500.0, reference=2000.0)
    0.5
    """
    if per not in ("diploid", "haploid"):
        raise InputError(
            Problem(what="unknown convention", received=repr(per), allowed="diploid, haploid")
        )
    if not (reference > 0 and vector >= 0):
        raise InputError(
            Problem(
                what="digital PCR counts are out of range",
                received=f"vector {vector:g}, reference {reference:g}",
                allowed="vector at least 0, reference above 0",
            )
        )
    return (2.0 if per == "diploid" else 1.0) * vector / reference


REFERENCE_LOT = Evidence(
    value=1.45,
    unit="copies/cell",
    source="ari_0001",
    place="Table 2, lot 01 (26.0% CAR+)",
    mark=Mark.SECONDARY,
    kind=Kind.BORROWED,
    note="lentiviral CD19 CAR; read as copies per transduced cell",
)
"""The lot by which the zero-inflated law was preferred to the Poisson law."""


def _require_share(value: float) -> None:
    if not 0.0 < value < 1.0:
        raise InputError(
            Problem(
                what="the share of CAR+ cells is out of range",
                received=str(value),
                allowed="above 0 and below 1",
                fix=f"did you mean {value / 100:g}?" if 1.0 <= value < 100.0 else None,
            )
        )


def _require_copies(value: float, *, above: float) -> float:
    if not above < value <= _MOST_COPIES:
        raise InputError(
            Problem(
                what="the number of copies is out of range",
                received=str(value),
                allowed=f"above {above:g}, at most {_MOST_COPIES:g}",
            )
        )
    return value
