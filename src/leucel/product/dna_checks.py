"""Checks of a coding sequence that will be packaged into a lentivirus and made by synthesis.

The limits in `DnaRules` are working values of gene synthesis and vector production; each can be
changed. Internal AATAAA is the only one for which a source says what it does (a premature poly(A)
signal cuts the titer).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from leucel.core import Assumption, InputError, Mark, unknown_name
from leucel.product.checks import Finding, Verdict
from leucel.product.dna import CodingSequence, reverse_complement
from leucel.product.extras import need
from leucel.product.splice import ACCEPTOR_LEAST, DONOR_LEAST, splice_sites

RESTRICTION_SITES = {
    "BsaI": "GGTCTC",
    "BsmBI": "CGTCTC",
    "EcoRI": "GAATTC",
    "NotI": "GCGGCCGC",
}
"""Recognition sites that Golden Gate and common cloning steps need free."""

SPLICE_DONORS = ("GGTAAG", "GGTGAG", "GTAAGT")
"""Strong splice donor motifs, sense strand only: the genome is transcribed from this strand."""

POLY_A_SIGNAL = "AATAAA"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnaRules:
    """Limits of the checks of a coding sequence.

    Attributes
    ----------
    gc_low, gc_high : share of G and C in a window, 0-1.
    gc_window : nucleotides.
    longest_a_or_t : longest run of A or of T.
    repeat : nucleotides from which an exact direct or inverted repeat is reported.
    """

    gc_low: float = 0.40
    gc_high: float = 0.68
    gc_window: int = 60
    longest_a_or_t: int = 5
    repeat: int = 20

    def assumptions(self) -> tuple[Assumption, ...]:
        """The limits, for the list of assumptions."""
        why = "working limit of gene synthesis and vector production; no outside authority"
        rows: tuple[tuple[str, float, str], ...] = (
            (f"lowest GC share in {self.gc_window} nucleotides", self.gc_low, ""),
            (f"highest GC share in {self.gc_window} nucleotides", self.gc_high, ""),
            ("longest run of A or T", float(self.longest_a_or_t), "nt"),
            ("shortest repeat that is reported", float(self.repeat), "nt"),
        )
        return tuple(
            Assumption(what=what, value=value, unit=unit, why=why, mark=Mark.OWN_VALUE)
            for what, value, unit in rows
        )


DNA_RULES = DnaRules()
"""The limits that are used when none are given."""


def gc_share(dna: str) -> float:
    """Share of G and C, 0-1.

    Examples
    --------
    >>> gc_share("ATGC")
    0.5
    """
    return (dna.count("G") + dna.count("C")) / len(dna)


def require_species(species: str) -> None:
    """Refuse a species without a codon table, naming those that have one.

    Raises
    ------
    InputError
        For an unknown species.
    MissingExtraError
        When the extra `construct` is not installed.

    Examples
    --------
    >>> require_species("h_sapiens")
    """
    tables = need("python_codon_tables", extra="construct", what="codon adaptation")
    full: tuple[str, ...] = tuple(sorted(tables.available_codon_tables_names))
    known = (*full, *(name.rpartition("_")[0] for name in full))
    if species not in known:
        raise InputError(unknown_name(species, known, noun="codon table"))


def codon_adaptation(dna: str, *, species: str = "h_sapiens") -> float:
    """Codon adaptation index of a coding sequence (Sharp and Li 1987), 0-1.

    The geometric mean over all codons but ATG, TGG and stops of the codon's frequency relative to
    the commonest codon of its amino acid. The value depends on the table of frequencies: compare
    sequences, not papers.

    Parameters
    ----------
    dna : coding sequence in frame.
    species : a table of `python_codon_tables`.

    Raises
    ------
    InputError
        For an unknown species.
    MissingExtraError
        When the extra `construct` is not installed.

    Examples
    --------
    >>> round(codon_adaptation("GCCCTGAAG"), 2), codon_adaptation("GCGTTAAAA") < 0.6
    (1.0, True)
    """
    tables = need("python_codon_tables", extra="construct", what="codon adaptation")
    require_species(species)
    table: dict[str, dict[str, float]] = tables.get_codons_table(species)
    relative = {
        codon: share / max(codons.values())
        for letter, codons in table.items()
        # DNA Chisel keeps logarithms of its own in the shared table, under longer names.
        if len(letter) == 1 and letter not in "*MW"
        for codon, share in codons.items()
    }
    logs = [
        math.log(relative[codon])
        for i in range(0, len(dna) - 2, 3)
        if (codon := dna[i : i + 3]) in relative
    ]
    return math.exp(sum(logs) / len(logs)) if logs else float("nan")


def check_dna(
    coding: CodingSequence, *, stated_protein: str | None = None, rules: DnaRules = DNA_RULES
) -> tuple[Finding, ...]:
    """All checks of a coding sequence; positions count from its first nucleotide.

    Parameters
    ----------
    coding : the reading frame, as `find_coding_sequence` gives it.
    stated_protein : the protein that the file says it codes for, or None.
    rules : limits.

    Examples
    --------
    >>> from leucel.product.dna import find_coding_sequence
    >>> coding = find_coding_sequence("ATG" + "GCAGTC" * 40 + "AATAAAGGA" + "TAA")
    >>> [f.message for f in check_dna(coding) if f.check == "poly(A) signal"]
    ['AATAAA at 244']
    """
    return (
        *_ends(coding),
        *_translation(coding, stated_protein),
        *_gc(coding.dna, rules),
        *_motifs(coding.dna),
        *_runs(coding.dna, rules),
        *_repeats(coding.dna, rules),
    )


def _ends(coding: CodingSequence) -> Iterator[Finding]:
    if not coding.has_start:
        yield _finding(
            "start", Verdict.PROBLEM, f"starts with {coding.dna[:3]}, not with ATG", (1,)
        )
    else:
        yield _finding("start", Verdict.OK, "starts with ATG")
    if not coding.has_stop:
        yield _finding(
            "stop",
            Verdict.PROBLEM,
            "there is no stop codon at the end: the sequence is cut off, or the stop was left out",
            (len(coding.dna),),
        )
    else:
        yield _finding("stop", Verdict.OK, f"one stop codon, {coding.dna[-3:]}, at the end")
    if coding.reverse:
        yield _finding(
            "strand", Verdict.LOOK, "the receptor is coded on the other strand of the file"
        )


def _translation(coding: CodingSequence, stated: str | None) -> Iterator[Finding]:
    if stated is None:
        return
    ours = coding.protein
    if stated == ours:
        yield _finding("translation", Verdict.OK, f"translates to the {len(ours)} stated residues")
        return
    inserted = _inserted(ours, stated)
    at = next((i for i, (a, b) in enumerate(zip(ours, stated, strict=False)) if a != b), None)
    at = min(len(ours), len(stated)) if at is None else at
    yield _finding(
        "translation",
        Verdict.PROBLEM,
        f"translates to {len(ours)} residues, the file states {len(stated)}; they differ from "
        f"residue {at + 1} on ({ours[at : at + 6] or 'end'} against {stated[at : at + 6] or 'end'})"
        f"{inserted}: correct the one that is not meant",
        (3 * at + 1,),
    )


def _inserted(ours: str, stated: str) -> str:
    """Words for one stretch that only one of the two proteins has; empty for other differences."""
    short, long = sorted((ours, stated), key=len)
    head = next(
        (i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    tail = len(short) - head
    if len(short) == len(long) or (tail and not long.endswith(short[head:])):
        return ""
    extra = long[head : len(long) - tail]
    whose = "the stated protein has" if long is stated else "the nucleotides code for"
    return f"; {whose} {extra if len(extra) <= 12 else f'{len(extra)} residues'} more there"


def _gc(dna: str, rules: DnaRules) -> Iterator[Finding]:
    window = min(rules.gc_window, len(dna))
    count = gc_share(dna[:window]) * window
    low = high = count
    low_at = high_at = 0
    for i in range(window, len(dna)):
        count += (dna[i] in "GC") - (dna[i - window] in "GC")
        if count < low:
            low, low_at = count, i - window + 1
        if count > high:
            high, high_at = count, i - window + 1
    message = (
        f"{gc_share(dna):.1%} overall; windows of {window} from {low / window:.0%} (at "
        f"{low_at + 1}) to {high / window:.0%} (at {high_at + 1})"
    )
    inside = low / window >= rules.gc_low and high / window <= rules.gc_high
    yield _finding(
        "GC",
        Verdict.OK if inside else Verdict.LOOK,
        message if inside else f"{message}; limits {rules.gc_low:.0%}-{rules.gc_high:.0%}",
        (low_at + 1, high_at + 1),
    )


def _motifs(dna: str) -> Iterator[Finding]:
    signals = _places(dna, POLY_A_SIGNAL)
    yield Finding(
        check="poly(A) signal",
        verdict=Verdict.PROBLEM if signals else Verdict.OK,
        message=", ".join(f"{POLY_A_SIGNAL} at {at}" for at in signals) or f"no {POLY_A_SIGNAL}",
        positions=signals,
        source="signagen_polya",
    )
    donors = sorted((at, motif) for motif in SPLICE_DONORS for at in _places(dna, motif))
    yield _finding(
        "splice donors",
        Verdict.LOOK if donors else Verdict.OK,
        ", ".join(f"{motif} at {at}" for at, motif in donors) or "no strong donor motif",
        tuple(at for at, _ in donors),
    )
    sites_of_splicing = splice_sites(dna)
    for kind, least, of in (("donor", DONOR_LEAST, 9), ("acceptor", ACCEPTOR_LEAST, 14)):
        near = [site for site in sites_of_splicing if site.kind == kind]
        yield Finding(
            check=f"{kind} consensus",
            verdict=Verdict.LOOK if near else Verdict.OK,
            message=(
                ", ".join(f"{s.motif} at {s.start} ({s.agreeing} of {s.of})" for s in near)
                or f"no place agrees with {least} or more of {of} letters"
            )
            + "; a proxy: agreement with a consensus, no probability of splicing",
            positions=tuple(site.start for site in near),
            source="mount_1982",
        )
    sites = sorted(
        {
            (at, enzyme)
            for enzyme, motif in RESTRICTION_SITES.items()
            for strand in (motif, reverse_complement(motif))
            for at in _places(dna, strand)
        }
    )
    yield _finding(
        "restriction sites",
        Verdict.LOOK if sites else Verdict.OK,
        ", ".join(f"{enzyme} at {at}" for at, enzyme in sites)
        or f"none of {', '.join(RESTRICTION_SITES)}",
        tuple(at for at, _ in sites),
    )


def _runs(dna: str, rules: DnaRules) -> Iterator[Finding]:
    runs: list[tuple[int, str]] = []
    begin = 0
    for i in range(1, len(dna) + 1):
        if i == len(dna) or dna[i] != dna[begin]:
            if dna[begin] in "AT" and i - begin > rules.longest_a_or_t:
                runs.append((begin + 1, dna[begin:i]))
            begin = i
    yield _finding(
        "runs of A or T",
        Verdict.LOOK if runs else Verdict.OK,
        ", ".join(f"{len(run)} x {run[0]} at {at}" for at, run in runs)
        or f"none longer than {rules.longest_a_or_t}",
        tuple(at for at, _ in runs),
    )


def _repeats(dna: str, rules: DnaRules) -> Iterator[Finding]:
    size = rules.repeat
    for label, other in (("direct repeats", dna), ("inverted repeats", reverse_complement(dna))):
        seen: dict[str, int] = {}
        for i in range(len(other) - size + 1):
            seen.setdefault(other[i : i + size], i)
        found: list[tuple[int, int, int]] = []
        i = 0
        while i <= len(dna) - size:
            first = seen.get(dna[i : i + size], -1)
            # A direct repeat is the second copy; an inverted one is reported by its 5' arm.
            partner = first if other is dna else len(dna) - first - size
            if first < 0 or (partner >= i if other is dna else partner <= i):
                i += 1
                continue
            length = size
            while (
                i + length < len(dna)
                and first + length < len(other)
                and (dna[i + length] == other[first + length])
            ):
                length += 1
            if other is not dna:
                partner = len(dna) - first - length
            found.append((i + 1, partner + 1, length))
            i += length
        longest = sorted(found, key=lambda row: -row[2])[:3]
        yield _finding(
            label,
            Verdict.LOOK if found else Verdict.OK,
            "; ".join(f"{n} nt at {a} and {b}" for a, b, n in longest)
            + (f" and {len(found) - 3} more" if len(found) > 3 else "")
            if found
            else f"none of {size} nucleotides or more",
            tuple(a for a, _, _ in found),
        )


def _places(dna: str, motif: str) -> tuple[int, ...]:
    found: list[int] = []
    at = dna.find(motif)
    while at >= 0:
        found.append(at + 1)
        at = dna.find(motif, at + 1)
    return tuple(found)


def _finding(
    check: str, verdict: Verdict, message: str, positions: tuple[int, ...] = ()
) -> Finding:
    return Finding(check=check, verdict=verdict, message=message, positions=positions)
