"""Annotated sequences in and out: GenBank and FASTA.

GenBank is written and read by Biopython. A file that was cut off is noticed by the length that its
first line states and by the missing end mark.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from leucel.core import InputError, Place, Problem
from leucel.product.dna import CodingSequence
from leucel.product.domains import Role
from leucel.product.extras import need
from leucel.product.segment import Segment

_LOCUS = re.compile(r"^LOCUS\s+\S+\s+(\d+)\s+(bp|aa)", re.MULTILINE)
_LINE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A named stretch; `start` and `end` count from 1 and include both ends.

    `strand` is 1, or -1 when it is read on the other strand; positions count on the given one.
    """

    name: str
    start: int
    end: int
    kind: str = "misc_feature"
    note: str = ""
    strand: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedRecord:
    """One sequence with its annotations.

    Attributes
    ----------
    name : short name.
    residues : nucleotides or amino acids, in capitals.
    is_dna : which of the two.
    annotations : in order.
    stated_protein : the translation that the file states for its coding sequence, or None.
    circular : True for a plasmid.
    turned : nucleotides by which a circular file was turned, because a feature ran over its end;
        position 1 here was position `turned` + 1 there.
    """

    name: str
    residues: str
    is_dna: bool
    annotations: tuple[Annotation, ...] = ()
    stated_protein: str | None = None
    circular: bool = False
    turned: int = 0


def turn_record(record: AnnotatedRecord, by: int) -> AnnotatedRecord:
    """A circular record that begins `by` nucleotides later; what ran over the end is whole then.

    Examples
    --------
    >>> ring = AnnotatedRecord(name="toy", residues="AAACCC", is_dna=True, circular=True)
    >>> turn_record(ring, 3).residues
    'CCCAAA'
    """
    size = len(record.residues)
    rows = tuple(
        replace(
            row,
            start=(row.start - 1 - by) % size + 1,
            end=(row.start - 1 - by) % size + 1 + (row.end - row.start) % size,
        )
        for row in record.annotations
    )
    return replace(
        record,
        residues=record.residues[by:] + record.residues[:by],
        annotations=tuple(sorted(rows, key=lambda row: (row.start, -row.end))),
        turned=(record.turned + by) % size,
    )


def annotate(
    name: str, coding: CodingSequence, segments: Sequence[Segment], *, circular: bool = False
) -> AnnotatedRecord:
    """A coding sequence with the domains of its protein as annotations.

    Examples
    --------
    >>> from leucel.product.dna import find_coding_sequence
    >>> from leucel.product.segment import segment
    >>> coding = find_coding_sequence("ATG" + "GCA" * 70 + "TAA")
    >>> record = annotate("toy", coding, segment(coding.protein).segments)
    >>> [(a.kind, a.start, a.end) for a in record.annotations]
    [('CDS', 1, 216), ('misc_feature', 1, 213)]
    """
    rows = [Annotation(name=name, start=1, end=len(coding.dna), kind="CDS")]
    rows += [
        Annotation(
            name=piece.domain.name if piece.domain else piece.kind,
            start=3 * piece.start - 2,
            end=3 * piece.end,
            kind="sig_peptide" if piece.role is Role.SIGNAL_PEPTIDE else "misc_feature",
            note=piece.note,
        )
        for piece in segments
    ]
    return AnnotatedRecord(
        name=name,
        residues=coding.dna,
        is_dna=True,
        annotations=tuple(rows),
        stated_protein=coding.protein,
        circular=circular,
    )


def to_fasta(name: str, residues: str) -> str:
    """One FASTA record.

    Examples
    --------
    >>> to_fasta("toy", "MAL")
    '>toy\\nMAL\\n'
    """
    lines = [residues[i : i + _LINE] for i in range(0, len(residues), _LINE)]
    return f">{name}\n" + "\n".join(lines) + "\n"


def to_genbank(record: AnnotatedRecord) -> str:
    """A GenBank flat file.

    The date of the file is left out of the reckoning: every file carries 01-JAN-1980, so that the
    same construct gives the same bytes.

    Raises
    ------
    MissingExtraError
        When the extra `construct` is not installed.
    """
    seq = need("Bio.Seq", extra="construct", what="writing GenBank")
    records = need("Bio.SeqRecord", extra="construct", what="writing GenBank")
    features = need("Bio.SeqFeature", extra="construct", what="writing GenBank")
    seqio = need("Bio.SeqIO", extra="construct", what="writing GenBank")
    locus = re.sub(r"[^A-Za-z0-9_.-]+", "_", record.name)[:16] or "construct"
    made = records.SeqRecord(
        seq.Seq(record.residues),
        id=locus,
        name=locus,
        description=record.name,
        annotations={
            "molecule_type": "DNA" if record.is_dna else "protein",
            "topology": "circular" if record.circular else "linear",
        },
    )
    for row in record.annotations:
        qualifiers: dict[str, list[str]] = {"label": [row.name]}
        if row.note:
            qualifiers["note"] = [row.note]
        if row.kind == "CDS" and record.stated_protein:
            qualifiers["translation"] = [record.stated_protein]
        made.features.append(
            features.SeqFeature(
                features.SimpleLocation(
                    row.start - 1, row.end, strand=row.strand if record.is_dna else None
                ),
                type=row.kind,
                qualifiers=qualifiers,
            )
        )
    out = io.StringIO()
    seqio.write([made], out, "genbank")
    return out.getvalue()


def read_genbank(
    text: str, *, name: str = "GenBank file", file: str | None = None
) -> AnnotatedRecord:
    """Read a GenBank flat file with one record.

    Raises
    ------
    InputError
        When it is no GenBank file, was cut off, or holds more than one record.
    MissingExtraError
        When the extra `construct` is not installed.
    """
    where = Place(file=file) if file else None
    stated = _LOCUS.search(text)
    if stated is None:
        raise InputError(
            Problem(
                what=f"{name}: this is no GenBank file",
                where=where,
                received=repr(text.strip().splitlines()[0][:40]) if text.strip() else "nothing",
                allowed="a file that begins with LOCUS, a name and a length in bp or aa",
            )
        )
    cut = Problem(
        what=f"{name}: the file is cut off",
        where=where,
        received="no end mark // behind the sequence",
        fix="fetch or export the file again",
    )
    if not re.search(r"^//\s*$", text, re.MULTILINE):
        raise InputError(cut)
    seqio = need("Bio.SeqIO", extra="construct", what="reading GenBank")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = list(seqio.parse(io.StringIO(text), "genbank"))
        except Exception as error:  # Biopython raises several kinds for a broken file
            raise InputError(
                Problem(
                    what=f"{name}: the GenBank file cannot be read",
                    where=where,
                    received=str(error),
                    fix="export the file again",
                )
            ) from error
    if len(found) != 1:
        raise InputError(
            Problem(
                what=f"{name}: {len(found)} records in the file",
                where=where,
                allowed="one record",
                fix="give each construct in a file of its own",
            )
        )
    record = found[0]
    residues = str(record.seq).upper()
    if len(residues) != int(stated.group(1)):
        raise InputError(
            Problem(
                what=f"{name}: the file is cut off",
                where=where,
                received=f"{len(residues):,} letters, the first line states {stated.group(1)}",
                fix="fetch or export the file again",
            )
        )
    rows: list[Annotation] = []
    protein: str | None = None
    circular = record.annotations.get("topology") == "circular"
    for feature in record.features:
        if feature.type == "source":
            continue
        qualifiers = feature.qualifiers
        label = next(
            (
                qualifiers[key][0]
                for key in ("label", "gene", "product", "note")
                if key in qualifiers
            ),
            feature.type,
        )
        start, end = _ends_of(feature.location, len(residues), circular)
        rows.append(
            Annotation(
                name=label,
                start=start,
                end=end,
                kind=feature.type,
                note=qualifiers.get("note", [""])[0],
                strand=-1 if feature.location.strand == -1 else 1,
            )
        )
        if feature.type == "CDS" and protein is None and "translation" in qualifiers:
            protein = qualifiers["translation"][0].replace(" ", "").rstrip("*")
    made = AnnotatedRecord(
        name=record.description if record.description not in ("", ".") else record.name,
        residues=residues,
        is_dna=stated.group(2) == "bp",
        annotations=tuple(rows),
        stated_protein=protein,
        circular=circular,
    )
    over = [row for row in rows if row.end < row.start]
    return turn_record(made, _opening(made)) if over else made


def _ends_of(location: Any, size: int, circular: bool) -> tuple[int, int]:
    """First and last position; the last is the smaller one when a feature runs over the origin."""
    parts = sorted((int(part.start), int(part.end)) for part in location.parts)
    over = (
        circular
        and len(parts) > 1
        and parts[0][0] == 0
        and parts[-1][1] == size
        and parts[0][1] < parts[-1][0]
    )
    if over:
        return parts[-1][0] + 1, parts[0][1]
    return int(location.start) + 1, int(location.end)


def _opening(record: AnnotatedRecord) -> int:
    """Where to open the ring: the middle of the longest stretch without a feature."""
    size = len(record.residues)
    covered = bytearray(size)
    for row in record.annotations:
        length = (row.end - row.start) % size + 1
        for i in range(length):
            covered[(row.start - 1 + i) % size] = 1
    best, begin = (0, 0), 0
    for i in range(2 * size):
        if covered[i % size]:
            begin = i + 1
        elif i + 1 - begin > best[0] and i + 1 - begin <= size:
            best = (i + 1 - begin, begin)
    if best[0]:
        return (best[1] + best[0] // 2) % size
    # No gap at all: open before the feature that ran over the end.
    return next(row.start - 1 for row in record.annotations if row.end < row.start)
