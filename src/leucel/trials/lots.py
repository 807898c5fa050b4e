"""Lots of the virtual patients: who is infused, with how many cells, how long after apheresis.

The product room makes the lots; here they meet the patients of a trial. The dose of a lot is that
which the patient is given, the delay moves infusion behind apheresis, a phenotype enters through
effects that the user brings with their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leucel.core import Evidence, InputError, Problem, RandomStream, require_usable, unknown_name
from leucel.product import OUT_OF_SPECIFICATION, LotRun, Process, make_lots, run_site
from leucel.product import DoseRule as CellDose
from leucel.stats import clopper_pearson
from leucel.trials.patients import VirtualPatients

Policy = Literal["all", "conforming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhenotypeEffect:
    """What a phenotype does to a parameter of the trial.

    The parameter of a patient is multiplied by (phenotype / reference) ** exponent.

    Attributes
    ----------
    phenotype : name of a phenotype of the process.
    parameter : "kinetics.<parameter>" or "response.<parameter>".
    exponent : with its source, which is required.
    reference : phenotype at which nothing changes, above 0.
    """

    phenotype: str
    parameter: str
    exponent: Evidence
    reference: float

    def __post_init__(self) -> None:
        require_usable(self.exponent, what=f"the effect of {self.phenotype!r}")
        problems: list[Problem] = []
        if not self.exponent.source:
            problems.append(
                Problem(
                    what=f"the effect of {self.phenotype!r} on {self.parameter} names no source",
                    allowed="an effect with the source it was measured in",
                    fix="published reports tie phenotypes to response without an effect size; "
                    "without one of your own the phenotype stays out",
                )
            )
        if not self.reference > 0.0:
            problems.append(
                Problem(
                    what=f"the reference of {self.phenotype!r} is out of range",
                    received=f"{self.reference:g}",
                    allowed="a number above 0",
                )
            )
        if self.parameter.partition(".")[0] not in ("kinetics", "response"):
            problems.append(
                Problem(
                    what=f"the effect of {self.phenotype!r} acts on no part of the trial",
                    received=self.parameter,
                    allowed="kinetics.PARAMETER or response.PARAMETER",
                )
            )
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Capacity of the manufacturing site: slots for lots, aphereses a week, places for tests."""

    slots: int
    per_week: float
    test_places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDesign:
    """How the product of each patient is made.

    Attributes
    ----------
    process : stages, events, specification and phenotypes.
    infuse : "all" products, or only those that are "conforming".
    effects : what phenotypes do; each phenotype needs one.
    site : capacity; None lets nobody wait for a slot.
    """

    process: Process
    infuse: Policy = "all"
    effects: tuple[PhenotypeEffect, ...] = ()
    site: Site | None = None

    def __post_init__(self) -> None:
        names = [each.name for each in self.process.phenotypes]
        problems = [
            unknown_name(each.phenotype, names, noun="phenotype")
            for each in self.effects
            if each.phenotype not in names
        ]
        used = {each.phenotype for each in self.effects}
        problems += [
            Problem(
                what=f"the phenotype {name!r} has no effect on the trial",
                allowed="one or more effects on a parameter, each with its source",
                fix="add the effect, or leave the phenotype out: it would change nothing",
            )
            for name in names
            if name not in used
        ]
        if self.infuse not in ("all", "conforming"):
            problems.append(unknown_name(self.infuse, ("all", "conforming"), noun="policy"))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialLots:
    """Lots of the N patients whose cells were collected.

    Attributes
    ----------
    run : the lots, one for each patient.
    infused : (N,) True for those who are given their product.
    factors : (N,) by "kinetics.<parameter>" or "response.<parameter>", from phenotypes.
    waited : (N,) days waited for a slot; None without a site of limited capacity.
    """

    run: LotRun
    infused: NDArray[np.bool_]
    factors: Mapping[str, NDArray[np.float64]] = field(repr=False)
    waited: NDArray[np.float64] | None = field(default=None, repr=False)

    @property
    def cells(self) -> NDArray[np.float64]:
        """CAR+ T cells given to those who are infused, in order."""
        return self.run.values["given"][self.infused]

    @property
    def days(self) -> NDArray[np.float64]:
        """Days from apheresis to infusion of those who are infused, in order."""
        return self.run.days[self.infused]

    def of(self, part: str) -> dict[str, NDArray[np.float64]]:
        """Factors on the parameters of one part, for those who are infused."""
        return {
            name.partition(".")[2]: values[self.infused]
            for name, values in self.factors.items()
            if name.startswith(f"{part}.")
        }

    def to_summary(self) -> dict[str, Any]:
        """Counts, dose and delay as plain data for JSON."""
        size, given = self.infused.size, int(self.infused.sum())
        share = clopper_pearson(given, size).scaled(100.0)
        planned = self.run.values["dose"][self.infused]
        return {
            "collected": size,
            "infused": given,
            "percent_infused": share.estimate,
            "percent_infused_low": share.low,
            "percent_infused_high": share.high,
            "not_infused": {
                "no product": int((~self.run.infused).sum()),
                "withheld, out of specification": int((self.run.infused & ~self.infused).sum()),
            },
            "infused_out_of_specification": int(
                (self.infused & (self.run.fate == OUT_OF_SPECIFICATION)).sum()
            ),
            "infused_below_dose": int((self.cells < planned * (1 - 1e-9)).sum()),
            "dose_given": _spread(self.cells),
            "share_of_dose": _spread(self.cells / planned),
            "vein_to_vein_days": _spread(self.days),
            "median_wait_days": None if self.waited is None else float(np.median(self.waited)),
        }


def make_trial_lots(
    design: LotDesign, dose: CellDose, patients: VirtualPatients, rng: RandomStream
) -> TrialLots:
    """Make one lot for each patient; who gets no product is not infused.

    Raises
    ------
    InputError
        When nobody gets a product.
    """
    size = len(patients)
    weights = patients.values.get("weight", np.ones(size))
    waited = None
    if design.site is not None:
        _, waited = run_site(
            design.process,
            patients=size,
            per_week=design.site.per_week,
            slots=design.site.slots,
            test_places=design.site.test_places,
            rng=rng,
        )
    run = make_lots(design.process, dose, weights, rng=rng, waits=waited)
    # Nobody is given a bag without cells.
    infused = run.infused & (run.values["given"] > 0.0)
    if design.infuse == "conforming":
        infused &= run.fate != OUT_OF_SPECIFICATION
    if not infused.any():
        raise InputError(
            Problem(
                what="nobody of the cohort gets a product",
                received=f"{size} lots, none infused",
                fix="draw more patients, or lower the shares of lots that fail",
            )
        )
    factors: dict[str, NDArray[np.float64]] = {}
    for effect in design.effects:
        ratio = run.values[effect.phenotype] / effect.reference
        if not np.all(ratio > 0.0):
            raise InputError(
                Problem(
                    what=f"the phenotype {effect.phenotype!r} falls to 0 or below",
                    allowed="a distribution above 0: its effect is a power",
                )
            )
        factor = ratio**effect.exponent.number
        factors[effect.parameter] = factors.get(effect.parameter, np.ones(size)) * factor
    return TrialLots(run=run, infused=infused, factors=factors, waited=waited)


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    marks = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    return dict(zip(("p5", "q1", "median", "q3", "p95"), map(float, marks), strict=True))
