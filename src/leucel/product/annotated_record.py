"""Annotated sequences in and out: GenBank and FASTA.

GenBank is written and read by Biopython. A file that was cut off is noticed by the length that its
first line states and by the missing end mark.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from leucel.core import InputError, Place, Problem
from leucel.product.dna import CodingSequence
from leucel.product.domains import Role
from leucel.product.extras import need
from leucel.product.segment import Segment

_LOCUS = re.compile(r"^LOCUS\s+\S+\s+(\d+)\s+(bp|aa)", re.MULTILINE)
_LINE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A named stretch; `start` and `end` count from 1 and include both ends."""

    name: str
    start: int
    end: int
    kind: str = "misc_feature"
    note: str = ""


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
    """

    name: str
    residues: str
    is_dna: bool
    annotations: tuple[Annotation, ...] = ()
    stated_protein: str | None = None
    circular: bool = False


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
                    row.start - 1, row.end, strand=1 if record.is_dna else None
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
        rows.append(
            Annotation(
                name=label,
                start=int(feature.location.start) + 1,
                end=int(feature.location.end),
                kind=feature.type,
                note=qualifiers.get("note", [""])[0],
            )
        )
        if feature.type == "CDS" and protein is None and "translation" in qualifiers:
            protein = qualifiers["translation"][0].replace(" ", "").rstrip("*")
    return AnnotatedRecord(
        name=record.description if record.description not in ("", ".") else record.name,
        residues=residues,
        is_dna=stated.group(2) == "bp",
        annotations=tuple(rows),
        stated_protein=protein,
        circular=record.annotations.get("topology") == "circular",
    )
