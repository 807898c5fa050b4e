"""Checks that a CAR engineer makes on a receptor before anything else, each with a verdict.

A check that needs residues nobody has is "not known", never passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from leucel.product.construct import Construct
from leucel.product.domains import Role, identify
from leucel.product.parts import Part
from leucel.product.sequence import cysteines, itams, n_glycosylation_sites

EXPECTED_ITAMS = 3
"""ITAMs of one CD3zeta; more of them lower the antigen density a CAR needs, fewer raise it."""

_EXPECTED = (
    Role.SIGNAL_PEPTIDE,
    Role.BINDER,
    Role.HINGE,
    Role.TRANSMEMBRANE,
    Role.COSTIMULATORY,
    Role.SIGNALING,
)
_ONCE = (
    Role.SIGNAL_PEPTIDE,
    Role.BINDER,
    Role.HINGE,
    Role.TRANSMEMBRANE,
    Role.SIGNALING,
)
_ANYWHERE = (Role.LINKER, Role.CLEAVAGE)
_NEEDS_BINDER = "the residues of the binder are not known"


class Verdict(Enum):
    """Outcome of a check."""

    OK = "ok"
    LOOK = "look at it"
    PROBLEM = "problem"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check and what came out.

    Attributes
    ----------
    check : what was looked at.
    verdict : outcome.
    message : the outcome in a sentence.
    positions : residues in the part it speaks of, from 1.
    part : name of that part, empty for the whole receptor.
    source : id of the source of the rule.
    """

    check: str
    verdict: Verdict
    message: str
    positions: tuple[int, ...] = ()
    part: str = ""
    source: str = ""

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "check": self.check,
            "verdict": self.verdict.value,
            "message": self.message,
            "positions": list(self.positions),
            "part": self.part,
            "source": self.source,
        }


def check_construct(construct: Construct) -> tuple[Finding, ...]:
    """All checks of a receptor, in a fixed order.

    Examples
    --------
    >>> from leucel.product.construct import build_construct
    >>> from leucel.product.parts import Binder
    >>> car = build_construct(name="demo", binder=Binder(name="binder"), parts=[
    ...     ("binder", None), ("hinge", "CD8a"), ("transmembrane", "CD8a"),
    ...     ("costimulatory", "4-1BB"), ("signaling", "CD3zeta")])
    >>> [f.verdict.value for f in check_construct(car) if f.check == "ITAMs"]
    ['ok']
    """
    parts = construct.parts
    return (
        *check_order([part.role for part in parts]),
        *_check_labels(parts),
        _check_start(parts),
        _check_itams(parts),
        *_check_binder(construct),
        *_check_native_cysteines(parts),
        *_check_other_glycans(parts),
    )


def check_order(roles: Sequence[Role]) -> tuple[Finding, ...]:
    """Whether the parts of a receptor stand in the order that makes one.

    The order is signal peptide, binder, hinge, transmembrane, any number of costimulatory parts,
    signaling; linkers and cleavage sites may stand anywhere.

    Examples
    --------
    >>> [f.message for f in check_order([Role.BINDER, Role.SIGNALING, Role.HINGE])][-1]
    'hinge stands after signaling'
    """
    findings: list[Finding] = []
    counted = Counter(roles)
    for role in _ONCE:
        if counted[role] == 0:
            findings.append(_problem("parts", f"there is no {role.label}"))
        elif counted[role] > 1:
            findings.append(
                _problem("parts", f"there are {counted[role]} parts of the kind {role.label}")
            )
    if counted[Role.COSTIMULATORY] == 0:
        findings.append(
            Finding(
                check="parts",
                verdict=Verdict.LOOK,
                message="there is no costimulatory part: a first-generation receptor",
            )
        )
    placed = [role for role in roles if role not in _ANYWHERE and role in _EXPECTED]
    for left, right in pairwise(placed):
        if _EXPECTED.index(right) < _EXPECTED.index(left):
            findings.append(_problem("order", f"{right.label} stands after {left.label}"))
    if not findings:
        words = ", ".join(role.label for role in placed)
        findings.append(Finding(check="order", verdict=Verdict.OK, message=f"in order: {words}"))
    return tuple(findings)


def check_v_domain(name: str, residues: str) -> Finding:
    """Whether a variable domain has the even number of cysteines that its disulfide bonds need.

    Examples
    --------
    >>> check_v_domain("half", "ACDEF").verdict.value
    'problem'
    """
    found = cysteines(residues)
    even = len(found) % 2 == 0 and len(found) > 0
    return Finding(
        check="cysteines",
        verdict=Verdict.OK if even else Verdict.PROBLEM,
        message=f"{len(found)} cysteines"
        + ("" if even else ": one is left without a partner" if found else ": no disulfide bond"),
        positions=found,
        part=name,
    )


def _check_labels(parts: Sequence[Part]) -> Iterator[Finding]:
    # Public code has called the membrane part of CD8A that of CD28: residues decide, not labels.
    for part in parts:
        same = identify(part.sequence) if part.sequence is not None else ()
        if not same or part.name in {domain.name for domain in same}:
            continue
        domain = same[0]
        yield Finding(
            check="label",
            verdict=Verdict.LOOK if domain.role is part.role else Verdict.PROBLEM,
            message=f"the residues of the {part.role.label} {part.name!r} are those of "
            f"{domain.name} ({domain.reference})",
            part=part.name,
            source=domain.source,
        )


def _check_start(parts: Sequence[Part]) -> Finding:
    first = parts[0]
    if first.sequence is None:
        return _unknown("start", f"the residues of the {first.role.label} are not known")
    if first.sequence.startswith("M"):
        return Finding(check="start", verdict=Verdict.OK, message="starts with methionine")
    return _problem("start", f"starts with {first.sequence[0]}, not with methionine")


def _check_itams(parts: Sequence[Part]) -> Finding:
    signaling = [part for part in parts if part.role is Role.SIGNALING]
    if not signaling:
        return _problem("ITAMs", "there is no signaling part")
    if any(part.sequence is None for part in signaling):
        return _unknown("ITAMs", "the residues of the signaling part are not known")
    found = tuple(m.start for part in signaling for m in itams(part.sequence or ""))
    as_expected = len(found) == EXPECTED_ITAMS
    return Finding(
        check="ITAMs",
        verdict=Verdict.OK if as_expected else Verdict.LOOK,
        message=f"{len(found)} ITAMs in the signaling part, {EXPECTED_ITAMS} expected",
        positions=found,
        part=signaling[0].name,
        source="majzner_2020",
    )


def _check_binder(construct: Construct) -> tuple[Finding, ...]:
    binder = construct.binder
    if binder.sequence is None:
        return (_unknown("cysteines", _NEEDS_BINDER), _unknown("N-glycosylation", _NEEDS_BINDER))
    count = check_v_domain(binder.name, binder.sequence)
    expected = {"scFv": 4, "VHH": 2}.get(binder.format)
    if expected is not None and count.verdict is Verdict.OK:
        wanted = expected * binder.copies
        if len(count.positions) != wanted:
            count = Finding(
                check="cysteines",
                verdict=Verdict.LOOK,
                message=f"{len(count.positions)} cysteines; two in each variable domain make "
                f"{wanted}",
                positions=count.positions,
                part=binder.name,
            )
    return (count, _glycan_finding(binder.name, binder.sequence))


def _check_native_cysteines(parts: Sequence[Part]) -> tuple[Finding, ...]:
    # CD8A pairs by its own cysteines (164, 181 in the hinge, 193 and 206 in the membrane), and so
    # do CD28 parts: they are expected there and only listed.
    return tuple(
        Finding(
            check="cysteines",
            verdict=Verdict.OK,
            message=f"{len(found)} native cysteine(s), expected in this part",
            positions=found,
            part=part.name,
        )
        for part in parts
        if part.role in (Role.HINGE, Role.TRANSMEMBRANE)
        and part.sequence is not None
        and (found := cysteines(part.sequence))
    )


def _check_other_glycans(parts: Sequence[Part]) -> tuple[Finding, ...]:
    return tuple(
        finding
        for part in parts
        if part.role in (Role.HINGE, Role.LINKER) and part.sequence is not None
        if (finding := _glycan_finding(part.name, part.sequence)).verdict is not Verdict.OK
    )


def _glycan_finding(name: str, residues: str) -> Finding:
    sites = n_glycosylation_sites(residues)
    return Finding(
        check="N-glycosylation",
        verdict=Verdict.LOOK if sites else Verdict.OK,
        message=f"{len(sites)} motif(s)"
        + (": " + ", ".join(f"{s.residues} at {s.start}" for s in sites) if sites else ""),
        positions=tuple(site.start for site in sites),
        part=name,
    )


def _problem(check: str, message: str) -> Finding:
    return Finding(check=check, verdict=Verdict.PROBLEM, message=message)


def _unknown(check: str, message: str) -> Finding:
    return Finding(check=check, verdict=Verdict.NOT_KNOWN, message=message)
