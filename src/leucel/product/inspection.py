"""Everything that a sequence tells about a receptor, in one look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leucel.core import Assumption, InputError, Mark
from leucel.product.checks import Finding, Verdict, check_construct
from leucel.product.construct_file import ConstructInput
from leucel.product.dna_checks import DNA_RULES, DnaRules, check_dna, codon_adaptation, gc_share
from leucel.product.domains import Role
from leucel.product.file_claims import claims_of_file
from leucel.product.humanness import oasis_relaxed
from leucel.product.mhc_ii import MhcLoad, mhc_assumptions, mhc_ii_load
from leucel.product.segment import Segmentation, segment
from leucel.product.sequence_profile import (
    NEEDS_DATA,
    NEEDS_STRUCTURE,
    SequenceProfile,
    profile,
    total_cdr_length,
)
from leucel.product.variable_domains import (
    VariableDomain,
    count_binders,
    find_variable_domains,
    liabilities,
    nearest_germline,
    nearest_reference,
)
from leucel.product.vector_size import R_BEGINS, VectorSize, vector_size

GERMLINE_FLOOR = 0.85
"""Identity to a human V gene below which a domain is pointed out; chosen between the human binders
compared here (0.94 and more) and the murine and camelid ones (0.76 and less)."""

OASIS_FLOOR = 0.75
"""Share of human 9-mers below which a domain is pointed out; chosen between the human binders
compared here (0.86 and more) and the murine and camelid ones (0.63 and less)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A receptor looked at from its sequence.

    Attributes
    ----------
    name : of the construct.
    protein : translated protein, the signal peptide included.
    segmentation : its parts.
    findings : every check.
    variable_domains : numbered variable domains.
    whole, binder : numbers of the mature receptor and of the binder (None without one).
    mhc : what a panel of DRB1 alleles may present of the mature receptor.
    humanness : OASis share of each variable domain, in order; None when it was not asked for.
    gc, adaptation : of the coding sequence, None for a protein file.
    vector : sizes of the vector, None when the file holds none.
    refused : what is not computed, with the reason.
    assumptions : limits that no authority gives.
    """

    name: str
    protein: str
    segmentation: Segmentation
    findings: tuple[Finding, ...]
    variable_domains: tuple[VariableDomain, ...]
    whole: SequenceProfile
    binder: SequenceProfile | None
    mhc: MhcLoad
    humanness: tuple[float, ...] | None
    gc: float | None
    adaptation: float | None
    vector: VectorSize | None
    assumptions: tuple[Assumption, ...]
    refused: tuple[tuple[str, str], ...] = (*NEEDS_STRUCTURE, *NEEDS_DATA)

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Findings that make the construct unusable as it stands."""
        return tuple(f for f in self.findings if f.verdict is Verdict.PROBLEM)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        human = self.humanness
        domains: list[dict[str, object]] = [
            {
                **domain.to_dict(),
                "oasis_relaxed": None if human is None else human[i],
            }
            for i, domain in enumerate(self.variable_domains)
        ]
        return {
            "name": self.name,
            "residues": len(self.protein),
            "explained_share": self.segmentation.explained_share,
            "segments": [piece.to_dict() for piece in self.segmentation.segments],
            "findings": [finding.to_dict() for finding in self.findings],
            "variable_domains": domains,
            "receptor": self.whole.to_dict(),
            "binder": None if self.binder is None else self.binder.to_dict(),
            "mhc_ii": self.mhc.to_dict(),
            "dna": None
            if self.gc is None
            else {"gc": self.gc, "codon_adaptation": self.adaptation},
            "vector": None if self.vector is None else self.vector.to_dict(),
            "not_computed": [{"what": what, "why": why} for what, why in self.refused],
            "assumptions": [assumption.to_dict() for assumption in self.assumptions],
        }


def inspect_construct(
    given: ConstructInput, *, humanness: bool = False, rules: DnaRules = DNA_RULES
) -> Inspection:
    """Look at a receptor in every way that its sequence allows.

    Parameters
    ----------
    given : as `read_construct` gives it.
    humanness : also OASis humanness, which loads 5.7 million peptides once (some seconds) and
        needs the extra `humanness`.
    rules : limits for the coding sequence.

    Raises
    ------
    MissingExtraError
        When a library that is needed is not installed; the message names the extra.

    Examples
    --------
    >>> from leucel.product.construct_file import read_construct
    >>> from leucel.product.domains import get_domain
    >>> names = ("CD8A_signal_peptide", "adalimumab_VL", "linker_G4S_x3", "adalimumab_VH",
    ...          "CD8A_hinge", "CD8A_TM", "4-1BB", "CD247_CD3zeta_CAR_dQ101")
    >>> text = "".join(get_domain(name).sequence for name in names)
    >>> inspect_construct(read_construct(text, form="fasta")).problems
    ()
    """
    taken_apart = segment(given.protein, name=given.name)
    found = find_variable_domains(given.protein)
    leader = next((s for s in taken_apart.segments if s.role is Role.SIGNAL_PEPTIDE), None)
    mature = given.protein[leader.end if leader and leader.start == 1 else 0 :]
    binder = given.protein[found[0].start - 1 : found[-1].end] if found else None
    human = tuple(oasis_relaxed(domain.residues) for domain in found) if humanness else None
    load = mhc_ii_load(mature)
    coding, vector = given.coding, None
    if given.dna is not None and R_BEGINS in given.dna + given.dna[: len(R_BEGINS)]:
        vector = _size(given)
    in_file = (
        ()
        if given.construct is None
        else tuple(f for f in check_construct(given.construct) if f.check == "label")
    )
    findings = (
        *_without_guess(taken_apart.findings, found),
        *in_file,
        *claims_of_file(given.name, taken_apart, given.record),
        *_start(given),
        *_origin(given),
        *_binders(given, found),
        *_domains(found, human),
        *_lengths(found),
        *_load(load),
        *(
            check_dna(coding, stated_protein=given.stated_protein, rules=rules)
            if coding is not None
            else ()
        ),
        *_vector(vector),
    )
    return Inspection(
        name=given.name,
        protein=given.protein,
        segmentation=taken_apart,
        findings=findings,
        variable_domains=found,
        whole=profile(mature),
        binder=None if binder is None else profile(binder),
        mhc=load,
        humanness=human,
        gc=None if coding is None else gc_share(coding.dna),
        adaptation=None if coding is None else codon_adaptation(coding.dna),
        vector=vector,
        assumptions=(
            *mhc_assumptions(),
            *_floors(humanness),
            *(rules.assumptions() if coding is not None else ()),
            *(() if given.construct is None else given.construct.assumptions),
        ),
    )


def _size(given: ConstructInput) -> VectorSize | None:
    try:
        return vector_size(given.dna or "", name=given.name)
    except InputError:
        # One LTR motif alone is no vector: then there is nothing to measure.
        return None


def _without_guess(
    findings: Sequence[Finding], found: Sequence[VariableDomain]
) -> Iterator[Finding]:
    # "There is no binder" rests on reference binders; numbering sees every variable domain.
    no_binder = "there is no binder"
    for finding in findings:
        guess = finding.check == "parts" and finding.message == no_binder
        if not guess and not (found and finding.check == "cysteines"):
            yield finding


def _start(given: ConstructInput) -> Iterator[Finding]:
    if given.coding is None and not given.protein.startswith("M"):
        yield Finding(
            check="start",
            verdict=Verdict.LOOK,
            message=f"the protein starts with {given.protein[0]}, not with methionine: cut off, or "
            "given without its signal peptide",
            positions=(1,),
        )


def _origin(given: ConstructInput) -> Iterator[Finding]:
    if given.record is not None and given.record.turned:
        yield Finding(
            check="origin",
            verdict=Verdict.OK,
            message="the file is circular and a feature runs over its end: it was turned, and "
            f"position 1 here is nucleotide {given.record.turned + 1:,} of the file",
            positions=(1,),
        )


def _binders(given: ConstructInput, found: Sequence[VariableDomain]) -> Iterator[Finding]:
    count, words = count_binders(found)
    meant = given.construct.binder.copies if given.construct is not None else 1
    if count == 0:
        yield Finding(
            check="binder",
            verdict=Verdict.LOOK if given.construct is not None else Verdict.PROBLEM,
            message="there is no binder: no antibody variable domain was found, so it is missing "
            "or of another kind",
        )
    elif count != meant:
        yield Finding(
            check="binder",
            verdict=Verdict.LOOK,
            message=f"{count} binders ({words}), {meant} expected: fine for a tandem, else "
            f"{count - meant} too many",
            positions=tuple(domain.start for domain in found),
        )
    else:
        yield Finding(check="binder", verdict=Verdict.OK, message=words)


def _domains(found: Sequence[VariableDomain], human: Sequence[float] | None) -> Iterator[Finding]:
    for i, domain in enumerate(found):
        yield from _reference(domain)
        germline = nearest_germline(domain)
        yield _about(
            domain,
            "germline",
            germline.identity >= GERMLINE_FLOOR,
            f"{germline.identity:.0%} identical to human {germline.gene} before the CDR3",
            source="uniprot_human_2025",
        )
        if human is not None:
            yield _about(
                domain,
                "humanness",
                human[i] >= OASIS_FLOOR,
                f"{human[i]:.0%} of the 9-mers occur in at least 10% of human subjects",
                source="oasis_2022",
            )
        yield _about(
            domain, "cysteines", domain.cysteines % 2 == 0, f"{domain.cysteines} cysteines"
        )
        motifs = liabilities(domain)
        yield _about(
            domain,
            "CDR liabilities",
            not any(x.rank == "high" for x in motifs),
            ", ".join(f"{x.residues} at {x.start} in {x.cdr} ({x.kind})" for x in motifs)
            or "no motif",
            source="lap_2024",
        )


def _reference(domain: VariableDomain) -> Iterator[Finding]:
    nearest = nearest_reference(domain)
    if nearest is not None and nearest[1] < 1.0:
        yield _about(
            domain,
            "near reference",
            False,
            f"{nearest[1]:.1%} identical to {nearest[0]} ({nearest[2]}): a slip in the sequence, "
            "or a variant",
        )


def _about(
    domain: VariableDomain, check: str, fine: bool, message: str, *, source: str = ""
) -> Finding:
    return Finding(
        check=check,
        verdict=Verdict.OK if fine else Verdict.LOOK,
        message=message,
        positions=(domain.start,),
        part=f"{domain.name} {domain.start}-{domain.end}",
        source=source,
    )


def _lengths(found: Sequence[VariableDomain]) -> Iterator[Finding]:
    length = total_cdr_length(found)
    if length is not None:
        total, flag = length
        yield Finding(
            check="CDR length",
            verdict=Verdict.OK if flag == "green" else Verdict.LOOK,
            message=f"{total} residues in the six CDRs: {flag} by the TAP guideline",
            source="tap_2024",
        )
        charge = sum(domain.cdr_charge for domain in found)
        yield Finding(
            check="CDR charge",
            verdict=Verdict.LOOK if charge > 0 else Verdict.OK,
            message=f"net charge {charge:+d} of the six CDRs (a proxy for binding at random: a "
            "positive charge raises the risk)",
            source="pmc6524611",
        )


def _load(load: MhcLoad) -> Iterator[Finding]:
    top = ", ".join(f"{c.residues} ({len(c.alleles)} alleles)" for c in load.foreign[:3])
    yield Finding(
        check="MHC-II",
        verdict=Verdict.OK,
        message=f"{len(load.foreign)} cores that are in no human germline or reference domain, "
        f"load {load.load:.1f} where random sequence has 5.0" + (f"; most: {top}" if top else ""),
        source="tepitopepan_2012",
    )


def _vector(size: VectorSize | None) -> Iterator[Finding]:
    if size is not None:
        yield Finding(
            check="vector size",
            verdict=Verdict.LOOK if size.long else Verdict.OK,
            message=f"genome RNA {size.genome_rna:,} nt, provirus {size.provirus:,} bp, "
            f"{size.between_ltrs:,} bp between the LTRs (practical maximum 9,000)",
            source="lentivirus_payload_faq",
        )


def _floors(humanness: bool) -> tuple[Assumption, ...]:
    rows = [("lowest identity to a human V gene that passes", 100 * GERMLINE_FLOOR)]
    if humanness:
        rows.append(("lowest share of human 9-mers that passes", 100 * OASIS_FLOOR))
    why = "chosen between the human binders and the murine and camelid ones compared here"
    return tuple(
        Assumption(what=what, value=value, unit="%", why=why, mark=Mark.OWN_VALUE)
        for what, value in rows
    )
