"""From the section on manufacture to the process and the lots of the virtual trial."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from leucel.core import Evidence, InputError, Kind, Mark, Problem, unknown_name
from leucel.programme.checks import distribution_data

if TYPE_CHECKING:
    from leucel.product import Phenotype, Process, ReleaseTest, Stage
    from leucel.programme.manufacture import (
        ManufactureSection,
        PhenotypeSection,
        ReleaseTestSection,
        StageSection,
    )
    from leucel.programme.reader import Programme
    from leucel.trials import LotDesign

_SHARES = ("susceptible", "terminated", "poor_growth", "no_potency", "remake")
_QUARTILES = 1.349


def lot_design(programme: Programme) -> LotDesign | None:
    """How the lots of the virtual trial are made; None when the programme does not say.

    Raises
    ------
    InputError
        For stages, tests, quartiles or phenotypes that cannot be used.
    """
    from leucel.trials import LotDesign, PhenotypeEffect, Site

    section = programme.file.manufacture
    if section is None:
        return None
    return LotDesign(
        process=process_of(section),
        infuse=section.infuse,
        effects=tuple(
            PhenotypeEffect(
                phenotype=entry.name,
                parameter=effect.parameter,
                exponent=effect.exponent.evidence(),
                reference=effect.reference,
            )
            for entry in section.phenotypes
            for effect in entry.effects
        ),
        site=Site(
            slots=section.site.slots,
            per_week=section.site.per_week,
            test_places=section.site.test_places,
        )
        if section.site
        else None,
    )


def programme_process(programme: Programme) -> Process:
    """The process of a programme, with borrowed numbers where it gives none."""
    from leucel.product import Process

    section = programme.file.manufacture
    return Process() if section is None else process_of(section)


def process_of(section: ManufactureSection) -> Process:
    """The process that a section describes."""
    from leucel.product import DEFAULT_STAGES, Process, calibrate_times

    problems: list[Problem] = []
    stages = dict(DEFAULT_STAGES)
    for entry in section.stages:
        if entry.name not in stages:
            problems.append(unknown_name(entry.name, tuple(stages), noun="stage"))
            continue
        stages[entry.name] = _stage(entry, stages[entry.name])
    given = {
        name: value.evidence() for name in _SHARES if (value := getattr(section, name)) is not None
    }
    specification: Mapping[str, Any] = {}
    try:
        specification = _specification(section)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    process = Process(
        stages=stages,
        phenotypes=tuple(_phenotype(entry) for entry in section.phenotypes),
        given=given,
        **{name: evidence.number for name, evidence in given.items()},
        **specification,
    )
    whole = section.vein_to_vein
    if whole is None:
        return process
    return calibrate_times(
        process,
        median=whole.median.value,
        q1=whole.lower,
        q3=whole.upper,
        evidence=whole.median.evidence(),
    )


def _stage(entry: StageSection, usual: Stage) -> Stage:
    changed = replace(usual, median=entry.median.evidence())
    if entry.lower is not None and entry.upper is not None:
        top = 1.0 if usual.scale == "logit" else math.inf
        if not 0.0 < entry.lower < entry.upper < top:
            raise InputError(
                Problem(
                    what=f"the quartiles of the stage {entry.name!r} are out of order or range",
                    received=f"{entry.lower:g} and {entry.upper:g}",
                    allowed=f"0 < lower < upper < {top:g}",
                )
            )
        ratio = math.log(entry.upper / entry.lower)
        if usual.scale == "logit":
            ratio += math.log((1.0 - entry.lower) / (1.0 - entry.upper))
        words = entry.spread or f"quartiles {entry.lower:g} and {entry.upper:g}"
        return replace(changed, sigma=ratio / _QUARTILES, spread=words)
    if entry.sigma is not None:
        return replace(changed, sigma=entry.sigma, spread=entry.spread or "given by the programme")
    return changed


def _specification(section: ManufactureSection) -> Mapping[str, Any]:
    from leucel.product import SPECIFICATIONS

    if section.tests:
        return {
            "specification": tuple(_test(entry) for entry in section.tests),
            "specification_name": section.specification,
        }
    if section.specification not in SPECIFICATIONS:
        raise InputError(
            unknown_name(section.specification, tuple(SPECIFICATIONS), noun="specification")
        )
    return {
        "specification": SPECIFICATIONS[section.specification],
        "specification_name": section.specification,
    }


def _test(entry: ReleaseTestSection) -> ReleaseTest:
    from leucel.product import ReleaseTest

    return ReleaseTest(
        attribute=entry.attribute,
        operator=entry.operator,
        limit=entry.limit.evidence(),
        method=entry.method,
    )


def _phenotype(entry: PhenotypeSection) -> Phenotype:
    from leucel.product import Phenotype
    from leucel.stats import distribution_from_dict

    data = asdict(entry)
    data.pop("effects")
    distribution = distribution_from_dict(distribution_data(data))
    return Phenotype(
        name=entry.name,
        unit=entry.unit,
        distribution=distribution,
        evidence=Evidence(
            value=distribution.describe(),
            unit=entry.unit,
            n=entry.n,
            source=entry.source,
            place=entry.place,
            mark=Mark(entry.mark),
            kind=Kind(entry.kind),
            note=entry.note,
        ),
    )
