"""The process of a lot as data: every stage with its median, its spread and their sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from leucel.core import Assumption, Evidence, InputError, Kind, Mark, Problem, unknown_name
from leucel.product.phenotype import Phenotype
from leucel.product.release import SPECIFICATIONS, ReleaseTest

SCALES = ("log", "logit")
"""Scales on which a stage is normal: amounts and times on the logarithm, shares on the logit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One number of a process that varies from lot to lot.

    Attributes
    ----------
    what : in words.
    median : the middle lot, with unit, source and mark.
    sigma : standard deviation on the scale.
    scale : one of `SCALES`.
    spread : where sigma comes from, in words.
    """

    what: str
    median: Evidence
    sigma: float
    scale: str = "log"
    spread: str = "chosen; no source gives the spread"

    def __post_init__(self) -> None:
        value = self.median.number
        problems: list[Problem] = []
        if self.scale not in SCALES:
            problems.append(unknown_name(self.scale, SCALES, noun="scale"))
        top = 1.0 if self.scale == "logit" else math.inf
        if not (0.0 < value < top and self.sigma >= 0.0 and math.isfinite(self.sigma)):
            problems.append(
                Problem(
                    what=f"the stage {self.what!r} is out of range",
                    received=f"median {value:g}, sigma {self.sigma:g}",
                    allowed=f"median above 0 and below {top:g}, sigma of at least 0",
                )
            )
        if problems:
            raise InputError(problems)

    def at(self, z: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Values for standard normal `z`.

        Examples
        --------
        >>> round(float(DEFAULT_STAGES["fold"].at(0.0)), 1)
        30.0
        """
        value = self.median.number
        if self.scale == "log":
            return np.asarray(value * np.exp(self.sigma * np.asarray(z)))
        return np.asarray(1.0 / (1.0 + (1.0 / value - 1.0) * np.exp(-self.sigma * np.asarray(z))))

    def to_dict(self) -> dict[str, object]:
        """JSON-ready row with the quartiles of the stage."""
        return {
            "what": self.what,
            "median": self.median.value,
            "unit": self.median.unit,
            "q1": float(self.at(-0.6745)),
            "q3": float(self.at(0.6745)),
            "kind": self.median.kind.value,
            "mark": self.median.mark.value,
            "source": self.median.source,
            "note": self.median.note,
            "spread": self.spread,
        }


def _borrowed(value: float, unit: str, source: str, place: str, note: str) -> Evidence:
    return Evidence(
        value=value,
        unit=unit,
        source=source,
        place=place,
        mark=Mark.SECONDARY,
        kind=Kind.BORROWED,
        note=note,
    )


def _assumed(value: float, unit: str, note: str) -> Evidence:
    return Evidence(value=value, unit=unit, mark=Mark.OWN_VALUE, kind=Kind.ASSUMED, note=note)


_QUARTILES = 1.349
# CAR+ shares of 12% and 23.1% (quartiles) as mean copies of the susceptible 47% of the cells.
_COPIES_SIGMA = math.log(math.log1p(-0.231 / 0.47) / math.log1p(-0.12 / 0.47)) / _QUARTILES
# 38% of the 16% of lots out of specification fell below a viability of 80%.
_VIABILITY_SIGMA = (math.log(9.0) - math.log(4.0)) / 1.5486

DEFAULT_STAGES: Mapping[str, Stage] = {
    "collected": Stage(
        what="CD3+ cells collected",
        median=_borrowed(
            2.6e9, "cells", "uk_pediatric_tisacel_2024", "Table 3", "tisa-cel, children"
        ),
        sigma=math.log(4.1 / 1.2) / _QUARTILES,
        spread="quartiles 1.2e9 and 4.1e9 of the same source",
    ),
    "enrichment": Stage(
        what="share of T cells kept by bead enrichment",
        median=_borrowed(0.55, "", "prodigy_2018", "", "CliniMACS Prodigy, CD4 and CD8 beads"),
        sigma=0.06 / (0.55 * 0.45),
        scale="logit",
        spread="standard deviation of 6 points of the same source",
    ),
    "copies": Stage(
        what="mean copies of a susceptible cell",
        median=_borrowed(0.80, "copies", "ari_0001", "Table 2, lot 01", "zero-inflated law"),
        sigma=_COPIES_SIGMA,
        spread="quartiles of the share of CAR+ cells, 12% and 23.1% (uk_pediatric_tisacel_2024)",
    ),
    "fold": Stage(
        what="expansion in culture",
        median=_borrowed(30.0, "fold", "prodigy_2018", "", "13-day process, mean"),
        sigma=0.5,
    ),
    "purity": Stage(
        what="share of CD3+ cells in the product",
        median=_borrowed(0.98, "", "prodigy_2018", "", "after enrichment, 98 +- 4%"),
        sigma=0.8,
        scale="logit",
    ),
    "viability": Stage(
        what="viability after thawing",
        median=_assumed(0.90, "", "no distribution of a product is published"),
        sigma=_VIABILITY_SIGMA,
        scale="logit",
        spread="so that 6.1% of lots fall below 80%, as with cilta-cel (ciltacel_manufacture_2025)",
    ),
    "recovery": Stage(
        what="recovery of cells after thawing",
        median=_assumed(0.85, "", "no distribution of a product is published"),
        sigma=0.3,
        scale="logit",
    ),
    "ship_in": Stage(
        what="apheresis to start", median=_assumed(2.0, "day", "transport and receipt"), sigma=0.4
    ),
    "make": Stage(
        what="start to harvest",
        median=_borrowed(13.0, "day", "prodigy_2018", "", "13-day process"),
        sigma=0.1,
    ),
    "test": Stage(
        what="harvest to release",
        median=_assumed(14.0, "day", "a sterility culture of 14 days decides the time"),
        sigma=0.2,
    ),
    "ship_out": Stage(
        what="release to arrival", median=_assumed(2.0, "day", "frozen transport"), sigma=0.4
    ),
    "prepare": Stage(
        what="arrival to infusion",
        median=_assumed(6.0, "day", "scheduling and lymphodepletion"),
        sigma=0.3,
    ),
}
"""Stages that are used when none are given: borrowed from other products or chosen, none of them
measured on eque-cel."""

TIMES = ("ship_in", "make", "test", "ship_out", "prepare")
"""Stages that take time, in order."""


_EVENTS = {
    "susceptible": "cells that can take up the vector",
    "terminated": "lots that never become a product",
    "poor_growth": "lots of poor growth",
    "no_potency": "lots without potency",
    "remake": "second attempts that work",
}


def _event(value: float, source: str, mark: Mark, note: str) -> Evidence:
    return Evidence(value=value, source=source, mark=mark, kind=Kind.BORROWED, note=note)


_CILTA = "ciltacel_manufacture_2025"
_EVENT_EVIDENCE: Mapping[str, Evidence] = {
    "susceptible": _event(0.47, "ari_0001", Mark.DERIVED, "zero-inflated law at lot 01"),
    "terminated": _event(0.029, _CILTA, Mark.SECONDARY, "cilta-cel, 6 of 212 aphereses"),
    "poor_growth": _event(
        0.16 * 0.529,
        _CILTA,
        Mark.DERIVED,
        "cilta-cel: 52.9% of the 16% out of specification; the cells reached are drawn evenly "
        "between none and the dose",
    ),
    "no_potency": _event(
        0.16 * (0.118 + 0.059),
        _CILTA,
        Mark.DERIVED,
        "cilta-cel: cytokine release, 11.8% and 5.9% of the 16% out of specification",
    ),
    "remake": _event(
        0.5, "uk_panel_failures", Mark.SECONDARY, "about one half in the United Kingdom"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process with its events and its release specification.

    Attributes
    ----------
    stages : the numbers that vary.
    susceptible : share of cells that can take up the vector.
    terminated : share of lots that never become a product, 0-1.
    poor_growth : share of lots whose cells do not reach the dose for reasons that the spread of the
        stages does not hold, 0-1.
    no_potency : share of lots that fail a test of cytokine release, 0-1.
    remake : chance that a second attempt works, 0-1.
    specification : release tests.
    specification_name : their name.
    phenotypes : properties of the cells that the user brought; none otherwise.
    given : where shares that the user set come from, by the name of the share.
    """

    stages: Mapping[str, Stage] = field(default_factory=lambda: dict(DEFAULT_STAGES))
    susceptible: float = _EVENT_EVIDENCE["susceptible"].number
    terminated: float = _EVENT_EVIDENCE["terminated"].number
    poor_growth: float = _EVENT_EVIDENCE["poor_growth"].number
    no_potency: float = _EVENT_EVIDENCE["no_potency"].number
    remake: float = _EVENT_EVIDENCE["remake"].number
    specification: tuple[ReleaseTest, ...] = SPECIFICATIONS["anti-CD20, European Pharmacopoeia"]
    specification_name: str = "anti-CD20, European Pharmacopoeia"
    phenotypes: tuple[Phenotype, ...] = ()
    given: Mapping[str, Evidence] = field(default_factory=dict[str, Evidence])

    def __post_init__(self) -> None:
        shares = {name: float(getattr(self, name)) for name in _EVENTS}
        problems = [
            Problem(what=f"the share {name!r} is out of range", received=str(x), allowed="0 to 1")
            for name, x in shares.items()
            if not 0.0 <= x <= 1.0
        ]
        problems += [
            Problem(what=f"the process has no stage {name!r}")
            for name in DEFAULT_STAGES
            if name not in self.stages
        ]
        problems += [
            unknown_name(name, tuple(DEFAULT_STAGES), noun="stage")
            for name in self.stages
            if name not in DEFAULT_STAGES
        ]
        if problems:
            raise InputError(problems)

    def assumptions(self) -> tuple[Assumption, ...]:
        """Everything in the process that is borrowed or chosen, in rows."""
        rows = [
            Assumption(
                what=stage.what,
                value=stage.median.value,
                unit=stage.median.unit,
                why="; ".join(
                    text for text in (stage.median.note, f"spread: {stage.spread}") if text
                ),
                source=stage.median.source,
                mark=stage.median.mark,
            )
            for stage in self.stages.values()
        ]
        for name, words in _EVENTS.items():
            evidence = self.given.get(name, _EVENT_EVIDENCE[name])
            rows.append(
                Assumption(
                    what=words,
                    value=100 * float(getattr(self, name)),
                    unit="%",
                    why=evidence.note or "given by the user",
                    source=evidence.source,
                    mark=evidence.mark,
                )
            )
        rows += [
            Assumption(
                what=f"phenotype {each.name}: {each.distribution.describe()}",
                value=None,
                unit=each.unit,
                why=each.evidence.note or "given by the user",
                source=each.evidence.source,
                mark=each.evidence.mark,
            )
            for each in self.phenotypes
        ]
        return tuple(rows)


def with_stage(process: Process, name: str, *, median: float, note: str = "") -> Process:
    """The process with another median of one stage, for "what if".

    Raises
    ------
    InputError
        For an unknown stage or a median out of range.

    Examples
    --------
    >>> float(with_stage(Process(), "make", median=9.0).stages["make"].at(0.0))
    9.0
    """
    if name not in process.stages:
        raise InputError(unknown_name(name, tuple(process.stages), noun="stage"))
    stage = process.stages[name]
    changed = replace(
        stage, median=_assumed(median, stage.median.unit, note or "changed by the user")
    )
    return replace(process, stages={**process.stages, name: changed})
