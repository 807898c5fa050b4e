"""The construct file: TOML with named parts, FASTA or GenBank with a whole sequence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from leucel.core import InputError, MissingEvidenceError, Place, Problem, unknown_name
from leucel.product.annotated_record import AnnotatedRecord, read_genbank, turn_record
from leucel.product.construct import Construct, build_construct
from leucel.product.dna import CodingSequence, find_coding_sequence, read_dna
from leucel.product.domains import Role, get_domain
from leucel.product.parts import Binder, Part, own_part
from leucel.product.sequence import looks_like_dna, read_protein

ENDINGS = {
    ".toml": "toml",
    ".fasta": "fasta",
    ".fa": "fasta",
    ".faa": "fasta",
    ".fna": "fasta",
    ".gb": "genbank",
    ".gbk": "genbank",
    ".genbank": "genbank",
}
"""Endings of construct files and what they say."""

_TOP = ("name", "binder", "parts", "dna")
_BINDER = ("name", "format", "copies", "origin", "target", "sequence", "domains", "source", "note")
_PART = ("role", "name", "sequence", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructInput:
    """A construct as its file gives it.

    Attributes
    ----------
    name : of the construct.
    protein : translated protein, without stop.
    construct : the row of named parts, for TOML files only.
    coding : the reading frame, where the file gives nucleotides.
    stated_protein : the protein that the file states beside its nucleotides, or None.
    dna : all nucleotides of the file, or None.
    record : the annotated record of a GenBank file, or None.
    """

    name: str
    protein: str
    construct: Construct | None = None
    coding: CodingSequence | None = None
    stated_protein: str | None = None
    dna: str | None = field(default=None, repr=False)
    record: AnnotatedRecord | None = field(default=None, repr=False)


def read_construct(
    text: str,
    *,
    form: str,
    kind: str = "auto",
    name: str = "construct",
    file: str | None = None,
) -> ConstructInput:
    """Read a construct file.

    Parameters
    ----------
    text : contents of the file.
    form : ``"toml"``, ``"fasta"`` or ``"genbank"``.
    kind : ``"protein"`` or ``"dna"`` when the sequence of a FASTA file must be one of them;
        ``"auto"`` decides by its letters.
    name : name for messages and for a record without a name of its own.
    file : path for messages.

    Raises
    ------
    InputError
        With every problem of the file; for nucleotides also a shifted frame or an inner stop.
    MissingEvidenceError
        When a part has no residues: a construct file needs all of them.

    Examples
    --------
    >>> found = read_construct(">car\\nMALPVTALLLPLALLLHAARP", form="fasta")
    >>> found.name, len(found.protein), found.coding is None
    ('car', 21, True)
    """
    where = Place(file=file) if file else None
    if form == "toml":
        return _from_toml(text, name=name, file=file)
    if form == "genbank":
        record = read_genbank(text, name=name, file=file)
        if not record.is_dna:
            protein = read_protein(record.residues, name=name, where=where)
            return ConstructInput(name=record.name, protein=protein, record=record)
        return _from_ring(record, where) if record.circular else _from_record(record, where)
    if form != "fasta":
        raise InputError(unknown_name(form, ("fasta", "genbank", "toml"), noun="form of a file"))
    lines = text.strip().splitlines()
    titles = [line for line in lines if line.lstrip().startswith(">")]
    if len(titles) > 1:
        raise InputError(
            Problem(
                what=f"{name}: the text holds {len(titles)} FASTA records",
                where=where,
                allowed="one sequence",
                fix="give each construct in a file of its own",
            )
        )
    title = titles[0].lstrip("> ").strip() if titles else name
    letters = "".join("".join(line for line in lines if not line.lstrip().startswith(">")).split())
    if kind == "dna" or (kind == "auto" and looks_like_dna(letters)):
        return _from_dna(letters, title or name, where)
    return ConstructInput(name=title or name, protein=read_protein(letters, name=name, where=where))


def _from_record(record: AnnotatedRecord, where: Place | None) -> ConstructInput:
    return _from_dna(record.residues, record.name, where, record=record)


def _from_ring(record: AnnotatedRecord, where: Place | None) -> ConstructInput:
    """A plasmid may be opened anywhere: a receptor cut in two by the origin is found all the same.

    The file as it is comes first; when its frame is broken or has no start or stop, the ring is
    turned by half. A fault that is there in both is a fault of the receptor.
    """
    fault: InputError | None = None
    found: ConstructInput | None = None
    try:
        found = _from_record(record, where)
        if found.coding is not None and found.coding.has_start and found.coding.has_stop:
            return found
    except InputError as error:
        fault = error
    try:
        turned = _from_record(turn_record(record, len(record.residues) // 2), where)
    except InputError:
        turned = None
    if turned is not None and turned.coding is not None:
        whole = turned.coding.has_start and turned.coding.has_stop
        longer = found is None or len(turned.protein) > len(found.protein)
        if whole and longer:
            return turned
    if found is None and fault is not None:
        raise fault
    return found or _from_record(record, where)


def _from_dna(
    letters: str, name: str, where: Place | None, *, record: AnnotatedRecord | None = None
) -> ConstructInput:
    dna = read_dna(letters, name=name, where=where)
    coding = find_coding_sequence(dna, name=name, where=where)
    return ConstructInput(
        name=name,
        protein=coding.protein,
        coding=coding,
        stated_protein=record.stated_protein if record else None,
        dna=dna,
        record=record,
    )


def _from_toml(text: str, *, name: str, file: str | None) -> ConstructInput:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Problem(
                what=f"{name}: the file is no TOML", where=Place(file=file), received=str(error)
            )
        ) from error
    problems = _strange_keys(data, _TOP, "", file)
    binder_data = _table(data, "binder", problems, file)
    problems += _strange_keys(binder_data, _BINDER, "binder", file)
    rows: list[Mapping[str, Any]] = []
    given: Any = data.get("parts")
    if isinstance(given, list):
        rows = [
            cast(Mapping[str, Any], row)
            for row in cast(list[Any], given)
            if isinstance(row, Mapping)
        ]
    if not rows:
        problems.append(
            Problem(
                what="a construct has parts",
                where=Place(file=file, key="parts"),
                allowed="[[parts]] tables with `role` and `name` (or `sequence`), one of them with "
                'role = "binder"',
            )
        )
    if problems:
        raise InputError(problems)
    unusable: InputError | None = None
    try:
        binder = _binder(binder_data, file)
    except InputError as error:
        # The parts are looked at all the same, so that everything is told at once.
        unusable, binder = error, Binder(name="binder", sequence=None)
    parts: list[tuple[str, str | None] | Part] = []
    places: list[Place | None] = []
    for i, row in enumerate(rows):
        problems += _strange_keys(row, _PART, f"parts[{i}]", file)
        places.append(Place(file=file, key=f"parts[{i}]"))
        try:
            parts.append(_part(row, i, file))
        except InputError as error:
            problems.extend(error.problems)
    title = str(data.get("name", name))
    construct = None
    if not problems:
        try:
            construct = build_construct(name=title, binder=binder, parts=parts, places=places)
        except InputError as error:
            problems.extend(error.problems)
    if unusable is not None:
        raise InputError([*unusable.problems, *problems]) if problems else unusable
    if construct is None:
        raise InputError(problems)
    protein = construct.protein()
    coding = None
    dna: Any = data.get("dna")
    if dna is not None:
        letters = read_dna(str(dna), name=title, where=Place(file=file, key="dna"))
        coding = find_coding_sequence(letters, name=title, where=Place(file=file, key="dna"))
        return ConstructInput(
            name=title,
            protein=coding.protein,
            construct=construct,
            coding=coding,
            stated_protein=protein,
            dna=letters,
        )
    return ConstructInput(name=title, protein=protein, construct=construct)


def _binder(data: Mapping[str, Any], file: str | None) -> Binder:
    where = Place(file=file, key="binder")
    label = str(data.get("name", "binder"))
    sequence: str | None = None
    if "sequence" in data:
        sequence = read_protein(
            str(data["sequence"]), name=label, where=Place(file=file, key="binder.sequence")
        )
    elif "domains" in data:
        sequence = _joined(data["domains"], Place(file=file, key="binder.domains"))
    copies: Any = data.get("copies", 1)
    if not isinstance(copies, int) or isinstance(copies, bool):
        raise InputError(
            Problem(
                what="the copies of the binder are no whole number",
                where=Place(file=file, key="binder.copies"),
                received=repr(copies),
                allowed="1 or more",
            )
        )
    if sequence is None:
        raise MissingEvidenceError(
            Problem(
                what=f"the residues of the binder {label!r} are not given",
                where=where,
                allowed="`sequence` (residues) or `domains` (names of reference domains)",
                fix="supply the binder's sequence; no sequence of the eque-cel binder is public, "
                "and none is shipped",
            )
        )
    return Binder(
        name=label,
        format=str(data.get("format", "scFv")),
        copies=copies,
        origin=str(data.get("origin", "")),
        target=str(data.get("target", "")),
        sequence=sequence,
        source=str(data.get("source", "")),
        note=str(data.get("note", "")),
    )


def _joined(names: object, where: Place) -> str:
    """Residues of reference domains, one after the other; every unknown name is told."""
    given = [names] if isinstance(names, str) else names
    items = cast(list[object], given) if isinstance(given, list) else []
    if not items or not all(isinstance(item, str) for item in items):
        raise InputError(
            Problem(
                what="the domains of the binder are no names",
                where=where,
                received=repr(names),
                allowed="a list of names of reference domains",
            )
        )
    problems: list[Problem] = []
    residues = ""
    for item in items:
        try:
            residues += get_domain(str(item), where=where).sequence
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return residues


def _part(row: Mapping[str, Any], i: int, file: str | None) -> tuple[str, str | None] | Part:
    role = str(row.get("role", "")).replace("_", " ").strip()
    if "sequence" not in row:
        return role, str(row["name"]) if "name" in row else None
    known = {item.label: item for item in Role}
    where = Place(file=file, key=f"parts[{i}].role")
    if role not in known:
        raise InputError(unknown_name(role, tuple(known), noun="role of a part", where=where))
    return own_part(
        known[role],
        str(row.get("name", role)),
        str(row["sequence"]),
        source=str(row.get("source", "")),
        note=str(row.get("note", "")),
    )


def _table(
    data: Mapping[str, Any], key: str, problems: list[Problem], file: str | None
) -> Mapping[str, Any]:
    found: Any = data.get(key)
    if isinstance(found, Mapping):
        return cast(Mapping[str, Any], found)
    problems.append(
        Problem(
            what="there is no binder",
            where=Place(file=file, key=key),
            allowed="one [binder] table with `name` and `sequence` or `domains`",
            fix="describe the binder; a receptor without one binds nothing",
        )
    )
    return {}


def _strange_keys(
    data: Mapping[str, Any], allowed: tuple[str, ...], at: str, file: str | None
) -> list[Problem]:
    return [
        unknown_name(
            key, allowed, noun="key", where=Place(file=file, key=f"{at}.{key}" if at else key)
        )
        for key in data
        if key not in allowed
    ]
