"""Everything a virtual trial takes for granted, so that a reader can disagree with it."""

from __future__ import annotations

from collections.abc import Iterator

from leucel.core import Assumption, Evidence, Kind, Mark, Source
from leucel.trials.design import TrialDesign

_OPEN_KINDS = {Kind.ASSUMED: "assumed", Kind.BORROWED: "borrowed", Kind.CALIBRATED: "calibrated"}
_LEUCEL = "leucel"

KUMAR_2016 = Source(
    id="kumar_2016",
    citation="Kumar S et al. International Myeloma Working Group consensus criteria for response "
    "and minimal residual disease assessment in multiple myeloma. "
    "Lancet Oncol 2016;17(8):e328-e346.",
    doi="10.1016/S1470-2045(16)30206-6",
)
IMWG_TABLE = Source(
    id="imwg_table_2023",
    citation="Relevant IMWG response criteria, Curr Oncol 2023;30(2):2322-2347, Table 1 "
    "(adapted from Kumar 2016, open access).",
    doi="10.3390/curroncol30020179",
    url="https://pmc.ncbi.nlm.nih.gov/articles/PMC9954856/table/curroncol-30-00179-t001",
)
POELS_2025 = Source(
    id="poels_2025",
    citation="Poels KE, Elmeliegy M, Hibma J, Wang D, Musante CJ, Shtylla B. "
    "npj Syst Biol Appl 2025;11:102.",
    doi="10.1038/s41540-025-00585-z",
)


def sources() -> dict[str, Source]:
    """Documents that the rules of this room rest on, by id."""
    return {source.id: source for source in (KUMAR_2016, IMWG_TABLE, POELS_2025)}


def collect_assumptions(design: TrialDesign) -> tuple[Assumption, ...]:
    """All assumptions of a design: its numbers without full authority, then the simplifications."""
    numbers = tuple(
        _from_evidence(what, evidence)
        for what, evidence in _numbers(design)
        if evidence.kind in _OPEN_KINDS or evidence.mark is Mark.OWN_VALUE
    )
    return (*numbers, *(_simplification(what, why) for what, why in _simplifications(design)))


def _numbers(design: TrialDesign) -> Iterator[tuple[str, Evidence]]:
    for covariate in design.covariates:
        yield f"covariate {covariate.name}: {covariate.distribution.describe()}", covariate.evidence
    yield "dose", design.dose.evidence
    for place, part in (("kinetics", design.kinetics), ("response", design.response)):
        for each in part.parameters:
            yield f"{place}: {each.name}", each.evidence
            if each.omega_evidence is not None:
                yield f"{place}: variation of {each.name} between patients", each.omega_evidence
    kinetics, response = design.kinetics, design.response
    yield "lower limit of quantification", kinetics.lloq
    if kinetics.residual_sd is not None:
        yield "measurement error of the transgene", kinetics.residual_sd
    yield "M-protein that counts as not detectable", response.complete_below
    yield "share of plasma cells in the marrow at baseline", response.marrow_share
    yield "sensitivity of the MRD assay", response.mrd_level
    if design.lots is not None:
        for effect in design.lots.effects:
            yield f"effect of {effect.phenotype} on {effect.parameter} (exponent)", effect.exponent
    if response.primary_resistance is not None:
        covariate = response.primary_resistance.covariate
        yield f"share of {covariate} that does not respond", response.primary_resistance.share


def _from_evidence(what: str, evidence: Evidence) -> Assumption:
    kind = _OPEN_KINDS.get(evidence.kind, "own value")
    return Assumption(
        what=what,
        value=None if isinstance(evidence.value, str) else float(evidence.value),
        unit=evidence.unit,
        why=f"{kind}: {evidence.note}" if evidence.note else kind,
        source=evidence.source or _LEUCEL,
        mark=evidence.mark,
    )


def _simplification(what: str, why: str) -> Assumption:
    return Assumption(what=what, value=None, unit="", why=why, source=_LEUCEL, mark=Mark.OWN_VALUE)


def _simplifications(design: TrialDesign) -> Iterator[tuple[str, str]]:
    yield (
        "deaths without progression are not simulated",
        "PFS and duration of response end with progression alone and are too high by the deaths",
    )
    yield (
        "nobody leaves the trial before the horizon",
        "follow-up of the published trials is shorter; their limits are wider, not biased",
    )
    yield (
        "covariates are independent of each other",
        "no joint distribution is published for this population",
    )
    rule = design.response.primary_resistance
    used = None if rule is None else rule.covariate
    flags = [
        covariate.name
        for covariate in design.covariates
        if covariate.name in ("prior_car_t", "extramedullary", "high_risk")
        and covariate.name != used
    ]
    if rule is not None:
        yield (
            f"a share of patients with {used} has a tumor that the CAR-T cells do not see",
            "the published response rate of this group enters so; its cause is not known",
        )
    if flags:
        yield (
            f"no effect of {', '.join(flags)} on kinetics or response",
            "published reports give directions or rates of small groups, no effect size that could"
            " be put into these models",
        )
    yield (
        "kinetics and response are two models that share the patient but no random effect",
        "no published link between blood transgene and depth of response; of two products, one"
        " reports a relation and one reports none",
    )
    yield (
        "tumor at baseline is proportional to baseline sBCMA",
        "so in the response model; sBCMA turnover is poorly known and the correlation with marrow"
        " plasma cells is moderate",
    )
    yield (
        "in the response model a low tumor burden means little expansion of CAR-T cells",
        "a property of the published equations; clinical reports rather associate a high burden"
        " with worse outcome",
    )
    yield (
        "stringent complete response is not told apart from complete response",
        "free light chains and clonality in the marrow are not simulated",
    )
    yield (
        "a progressed patient is not followed: courses end with progression",
        "the trial ends for him, and the model knows no next line of therapy",
    )
    if design.safety is not None:
        yield (
            "cytokine release syndrome is drawn at its published rate",
            "no mechanistic model of it is in use; the row restates the published number",
        )
    if design.lots is not None:
        yield (
            "a lot decides how many cells a patient is given and when, nothing else",
            "no source ties release tests or the phenotype of a lot to response by an effect size;"
            " an effect that the user brings with its source is used",
        )
        yield (
            "the tumor at infusion is that of the baseline table, however long the wait was",
            "baselines are published at or after the wait, so growth or bridging before it is in"
            " them already; no rate of either between apheresis and infusion is published",
        )
        yield (
            "times of endpoints count from infusion",
            "as published; days from apheresis stand beside each patient",
        )
        if design.lots.infuse == "all":
            yield (
                "a product out of specification is given",
                "elsewhere 19% of the infused products did not conform (cilta-cel in the United"
                " States); the rule of this product is not published",
            )
    yield from design.remarks
