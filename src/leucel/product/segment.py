"""Take a receptor's protein apart into reference domains, and say what is left over.

Exact matches decide. Where nothing matches exactly, the nearest reference of a hinge, membrane,
costimulatory or signaling part or signal peptide is named with every difference, because published
files do carry slips. Residues that no reference explains are reported, never silently skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from leucel.core import Place
from leucel.product.checks import EXPECTED_ITAMS, Finding, Verdict, check_order, check_v_domain
from leucel.product.domains import Domain, Role, domains, variants
from leucel.product.sequence import itams, n_glycosylation_sites, read_protein

JUNCTIONS = {
    "AAA": "ide-cel and axi-cel, before the hinge",
    "TS": "cilta-cel, before the hinge",
    "RSDP": "obe-cel, before the hinge",
    "M": "liso-cel, before the membrane part",
    "NHRN": "CD8A residues 207-210, after the membrane part (Hu19-CD828Z)",
    "LEGGG": "liso-cel, before T2A",
    "R": "liso-cel, after T2A",
}
"""Short residues between domains that occur in licensed or clinical receptors, with the product."""

NEAR_IDENTITY = 0.85
"""Share of a reference's residues that must agree for a near match; chosen, not measured: it lets
two changes through in a membrane part of 24 residues and keeps unrelated domains apart."""

SHORTEST_BINDER = 90
"""Residues above which a stretch before the hinge is taken for an unknown binder (the shortest
variable domain among the references has 106)."""

_NEAR_ROLES = (
    Role.SIGNAL_PEPTIDE,
    Role.HINGE,
    Role.TRANSMEMBRANE,
    Role.COSTIMULATORY,
    Role.SIGNALING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a protein.

    Attributes
    ----------
    start, end : first and last residue, from 1.
    kind : ``"domain"`` (exact), ``"near domain"``, ``"junction"``, ``"binder region"``,
        ``"second protein"`` (behind a cleavage site) or ``"unexplained"``.
    residues : the stretch.
    domain : the reference, for exact and near matches.
    differences : for a near match, each change from the reference, in the reference's numbering.
    note : what to know about it.
    """

    start: int
    end: int
    kind: str
    residues: str
    domain: Domain | None = None
    differences: tuple[str, ...] = ()
    note: str = ""

    @property
    def role(self) -> Role | None:
        """Role of the stretch, None where it has none."""
        if self.domain is not None:
            role = self.domain.role
            return Role.BINDER if role is Role.BINDER_DOMAIN else role
        return Role.BINDER if self.kind == "binder region" else None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "start": self.start,
            "end": self.end,
            "kind": self.kind,
            "name": self.domain.name if self.domain else None,
            "role": self.role.label if self.role else None,
            "residues": self.residues,
            "differences": list(self.differences),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """A protein taken apart.

    Attributes
    ----------
    protein : the residues.
    segments : stretches from 1 to the end, without gap or overlap.
    findings : what a reader has to look at.
    """

    protein: str
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]

    @property
    def unexplained(self) -> tuple[Segment, ...]:
        """Stretches that no reference and no known junction explains."""
        return tuple(s for s in self.segments if s.kind == "unexplained")

    @property
    def explained_share(self) -> float:
        """Share of the residues that lie in exact domains or known junctions, 0-1."""
        sure = sum(len(s.residues) for s in self.segments if s.kind in ("domain", "junction"))
        return sure / len(self.protein)

    def find(self, role: Role) -> tuple[Segment, ...]:
        """Segments with this role."""
        return tuple(s for s in self.segments if s.role is role)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "length": len(self.protein),
            "explained_share": self.explained_share,
            "segments": [segment.to_dict() for segment in self.segments],
            "findings": [finding.to_dict() for finding in self.findings],
        }


def segment(protein: str, *, name: str = "protein", where: Place | None = None) -> Segmentation:
    """Take a receptor's protein apart into reference domains.

    Parameters
    ----------
    protein : residues, as in `read_protein`.
    name : what it is, for messages.
    where : place in the user's file, for messages.

    Raises
    ------
    InputError
        When it is no protein.

    Notes
    -----
    Among all sets of non-overlapping exact matches the one that covers most residues is taken, and
    among those the one with the fewest domains, so that (G4S)3 wins over three G4S.

    Examples
    --------
    >>> hinge = next(d for d in domains(role=Role.HINGE) if d.name == "CD8A_hinge")
    >>> found = segment("AAA" + hinge.sequence + "WWW")
    >>> [(s.start, s.end, s.kind) for s in found.segments]
    [(1, 3, 'junction'), (4, 48, 'domain'), (49, 51, 'unexplained')]
    """
    residues = read_protein(protein, name=name, where=where)
    exact = _best_cover(residues, _exact_hits(residues))
    pieces: list[Segment] = []
    position = 0
    for start, domain in exact:
        pieces.extend(_explain(residues, position, start))
        position = start + domain.length
        pieces.append(_piece(residues, start, position, "domain", domain=domain, note=domain.note))
    pieces.extend(_explain(residues, position, len(residues)))
    segments = tuple(_in_context(pieces))
    return Segmentation(
        protein=residues, segments=segments, findings=tuple(_findings(residues, segments))
    )


@cache
def _references() -> tuple[Domain, ...]:
    return tuple(domain for domain in domains() if domain.role is not Role.ANTIGEN)


def _exact_hits(residues: str) -> list[tuple[int, Domain]]:
    hits: list[tuple[int, Domain]] = []
    for domain in _references():
        at = residues.find(domain.sequence)
        while at >= 0:
            hits.append((at, domain))
            at = residues.find(domain.sequence, at + 1)
    return sorted(hits, key=lambda hit: hit[0] + hit[1].length)


def _best_cover(
    residues: str, hits: Sequence[tuple[int, Domain]]
) -> tuple[tuple[int, Domain], ...]:
    # Weighted interval scheduling over the ends: best[i] = (residues covered, -domains, choice)
    # within the first i residues.
    by_end: dict[int, list[tuple[int, Domain]]] = {}
    for start, domain in hits:
        by_end.setdefault(start + domain.length, []).append((start, domain))
    best: list[tuple[int, int, tuple[tuple[int, Domain], ...]]] = [(0, 0, ())]
    for end in range(1, len(residues) + 1):
        winner = best[end - 1]
        for start, domain in by_end.get(end, ()):
            covered, count, chosen = best[start]
            candidate = (covered + domain.length, count - 1, (*chosen, (start, domain)))
            if candidate[:2] > winner[:2]:
                winner = candidate
        best.append(winner)
    return best[-1][2]


def _piece(
    residues: str,
    start: int,
    end: int,
    kind: str,
    *,
    domain: Domain | None = None,
    differences: tuple[str, ...] = (),
    note: str = "",
) -> Segment:
    return Segment(
        start=start + 1,
        end=end,
        kind=kind,
        residues=residues[start:end],
        domain=domain,
        differences=differences,
        note=note,
    )


def _explain(residues: str, start: int, end: int) -> Iterator[Segment]:
    """Segments for a stretch without exact match: near domains, known junctions, the rest."""
    if start == end:
        return
    stretch = residues[start:end]
    if stretch in JUNCTIONS:
        yield _piece(residues, start, end, "junction", note=f"as in {JUNCTIONS[stretch]}")
        return
    near = _nearest(stretch)
    if near is None:
        yield _piece(residues, start, end, "unexplained")
        return
    domain, first, last, differences = near
    yield from _explain(residues, start, start + first)
    yield _piece(
        residues,
        start + first,
        start + last,
        "near domain",
        domain=domain,
        differences=differences,
        note=f"like {domain.name}, but " + ", ".join(differences),
    )
    yield from _explain(residues, start + last, end)


def _nearest(stretch: str) -> tuple[Domain, int, int, tuple[str, ...]] | None:
    best: tuple[Domain, int, int, tuple[str, ...]] | None = None
    best_score = (0.0, 0)
    for domain in _references():
        if domain.role not in _NEAR_ROLES or len(stretch) < NEAR_IDENTITY * domain.length:
            continue
        matcher = SequenceMatcher(None, domain.sequence, stretch, autojunk=False)
        seed = matcher.find_longest_match()
        # One shared run of residues anchors the alignment; the window around it leaves room for a
        # few inserted residues.
        slack = 4
        low = max(0, seed.b - seed.a - slack)
        high = min(len(stretch), seed.b - seed.a + domain.length + slack)
        window = stretch[low:high]
        matcher = SequenceMatcher(None, domain.sequence, window, autojunk=False)
        same = sum(block.size for block in matcher.get_matching_blocks())
        share = same / domain.length
        if share < NEAR_IDENTITY:
            continue
        first, last, differences = _differences(matcher, domain.sequence, window)
        score = (share, -len(differences))
        if score > best_score:
            best, best_score = (domain, low + first, low + last, differences), score
    return best


def _differences(
    matcher: SequenceMatcher[str], reference: str, window: str
) -> tuple[int, int, tuple[str, ...]]:
    codes = matcher.get_opcodes()
    # Residues of the window before and behind the reference belong to the neighbors.
    first, last = 0, len(window)
    if codes[0][0] == "insert":
        first = codes[0][4]
        codes = codes[1:]
    if codes and codes[-1][0] == "insert":
        last = codes[-1][3]
        codes = codes[:-1]
    found: list[str] = []
    for tag, a0, a1, b0, b1 in codes:
        if tag == "equal":
            continue
        old, new = reference[a0:a1], window[b0:b1]
        if tag == "replace" and len(old) == len(new):
            found.extend(
                f"{x}{a0 + i}{y}" for i, (x, y) in enumerate(zip(old, new, strict=True), 1)
            )
        elif tag == "delete":
            found.append(f"{old} missing at {a0 + 1}")
        elif tag == "insert":
            found.append(f"{new} inserted after {a0}")
        else:
            found.append(f"{old} at {a0 + 1} replaced by {new}")
    return first, last, tuple(found)


def _in_context(pieces: Sequence[Segment]) -> Iterator[Segment]:
    """Name unexplained stretches by where they stand."""
    hinge_like = (Role.HINGE, Role.TRANSMEMBRANE)
    anchors = [i for i, piece in enumerate(pieces) if piece.role in hinge_like]
    before_hinge = anchors[0] if anchors else 0
    cut = next((i for i, p in enumerate(pieces) if p.role is Role.CLEAVAGE), len(pieces))
    for i, piece in enumerate(pieces):
        if piece.kind != "unexplained":
            yield piece
        elif i > cut:
            yield _renamed(piece, "second protein", "behind the cleavage site")
        elif i < before_hinge and len(piece.residues) >= SHORTEST_BINDER:
            yield _renamed(piece, "binder region", "no reference holds this binder")
        else:
            yield piece


def _renamed(piece: Segment, kind: str, note: str) -> Segment:
    return Segment(start=piece.start, end=piece.end, kind=kind, residues=piece.residues, note=note)


def _findings(residues: str, segments: Sequence[Segment]) -> Iterator[Finding]:
    cut = next((i for i, s in enumerate(segments) if s.role is Role.CLEAVAGE), len(segments))
    receptor = segments[:cut]
    roles: list[Role] = []
    for piece in receptor:
        # An scFv is two domains and a linker: one binder.
        if piece.role is None or piece.role is Role.LINKER:
            continue
        if not (piece.role is Role.BINDER and roles and roles[-1] is Role.BINDER):
            roles.append(piece.role)
    yield from check_order(roles)
    for piece in segments:
        if piece.kind == "near domain" and piece.domain is not None:
            yield _look("near domain", f"residues {piece.start}-{piece.end}: {piece.note}", piece)
        elif piece.kind == "unexplained":
            shown = piece.residues if len(piece.residues) <= 20 else f"{piece.residues[:20]}..."
            yield _look(
                "unexplained residues",
                f"residues {piece.start}-{piece.end} ({shown}) are in no reference domain",
                piece,
            )
        elif piece.role is Role.BINDER and piece.domain is not None:
            yield check_v_domain(piece.domain.name, piece.residues)
        elif piece.domain is not None and len(variants(piece.domain)) > 1:
            yield Finding(
                check="variant",
                verdict=Verdict.OK,
                message=f"{piece.domain.family}: {piece.domain.note}",
                positions=(piece.start,),
                part=piece.domain.name,
            )
    last = receptor[-1].end if receptor else 0
    found = itams(residues[:last])
    yield Finding(
        check="ITAMs",
        verdict=Verdict.OK if len(found) == EXPECTED_ITAMS else Verdict.LOOK,
        message=f"{len(found)} ITAMs, {EXPECTED_ITAMS} expected",
        positions=tuple(m.start for m in found),
        source="majzner_2020",
    )
    for piece in receptor:
        if piece.role is Role.BINDER:
            for site in n_glycosylation_sites(piece.residues, first=piece.start):
                yield _look(
                    "N-glycosylation",
                    f"the binder holds the motif {site.residues} at {site.start}",
                    piece,
                )


def _look(check: str, message: str, piece: Segment) -> Finding:
    return Finding(
        check=check,
        verdict=Verdict.LOOK,
        message=message,
        positions=(piece.start,),
        part=piece.domain.name if piece.domain else "",
    )
