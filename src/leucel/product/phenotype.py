"""Phenotype of the cells of a lot: only as the user brings it, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core import Evidence, InputError, Problem, require_usable
from leucel.stats import Distribution

WHY_NONE = (
    "no source gives its distribution in a product or how a process changes it; give both with "
    "their sources in the programme file to use one"
)
"""Why no phenotype is drawn when the user brings none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenotype:
    """A property of the cells of a lot that differs from lot to lot.

    Attributes
    ----------
    name : for example ``memory_share``.
    unit : of its values; empty for shares.
    distribution : of `leucel.stats`, over lots.
    evidence : where the distribution comes from; a source is required.

    Raises
    ------
    InputError
        Without a source: nothing is filled in for a phenotype.
    """

    name: str
    unit: str = ""
    distribution: Distribution
    evidence: Evidence

    def __post_init__(self) -> None:
        require_usable(self.evidence, what=f"the phenotype {self.name!r}")
        if not self.evidence.source:
            raise InputError(
                Problem(
                    what=f"the phenotype {self.name!r} names no source for its distribution",
                    allowed="a distribution with the source it was measured in",
                    fix=f"without one it stays out: {WHY_NONE}",
                )
            )
