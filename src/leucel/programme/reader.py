"""Reading a programme file: every problem at once, each with its line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from leucel.core import (
    InputError,
    Place,
    Problem,
    ScaleError,
    content_hash,
    near_misses,
    storage_errors,
)
from leucel.programme.checks import check_meaning
from leucel.programme.faults import SchemaMap, problems_from_errors
from leucel.programme.positions import Positions, map_positions
from leucel.programme.regulation_checks import Places, check_regulation
from leucel.programme.schema import ProgrammeFile
from leucel.programme.tables import check_tables, table_hashes

_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme that has been read and found right.

    Attributes
    ----------
    file : its contents.
    data : the same as plain data, as the TOML text gives it.
    name : name of the file it came from, without its folder.
    hash : SHA-256 of the contents and of the tables it names; comments and layout do not matter.
    folder : where the tables that it names are looked for.
    """

    file: ProgrammeFile
    data: Mapping[str, Any]
    name: str
    hash: str
    folder: Path = Path()


def shipped_programmes() -> tuple[str, ...]:
    """Names of the programmes that come with leucel.

    Examples
    --------
    >>> "eque-cel" in shipped_programmes()
    True
    """
    folder = resources.files("leucel") / "programmes"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml").replace("_", "-") for name in names))


def read_programme(which: str | Path) -> Programme:
    """Read a shipped programme by name, or a programme file.

    Parameters
    ----------
    which : a shipped name (`eque-cel`) or the path of a TOML file.

    Raises
    ------
    InputError
        With every problem of the file, or when there is no such programme.
    StorageError
        When the file cannot be read.
    """
    name = str(which)
    path = Path(which)
    if isinstance(which, str) and not path.exists():
        shipped = shipped_programmes()
        if name.replace("_", "-") in shipped:
            file = f"{name.replace('-', '_')}.toml"
            text = (resources.files("leucel") / "programmes" / file).read_text("utf-8")
            return parse_programme(text, name=file)
        near = near_misses(name, shipped)
        raise InputError(
            Problem(
                what=f"there is no programme {name!r}: neither a shipped name nor a file",
                allowed=f"{', '.join(shipped)}, or the path of a programme file",
                fix=f"did you mean {' or '.join(map(repr, near))}?"
                if near
                else "`leucel new NAME` writes a template",
            )
        )
    with storage_errors(path, "read"):
        raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            Problem(
                what="this is no text in UTF-8",
                where=Place(file=str(path), line=line),
                fix="save the file as UTF-8",
            )
        ) from error
    return parse_programme(text, name=path.name, shown=str(path), folder=path.parent)


def parse_programme(
    text: str, *, name: str = "programme.toml", shown: str = "", folder: Path = Path()
) -> Programme:
    """Check the text of a programme file and return the programme.

    Parameters
    ----------
    text : TOML.
    name : name of the file, kept with the results.
    shown : the file as problems name it; `name` when empty.
    folder : where the tables that it names are looked for.

    Raises
    ------
    InputError
        With every problem that was found; `ScaleError` when rates on different scales are mixed and
        nothing else is wrong.
    """
    shown = shown or name
    data, positions = _load(text, shown)
    schema = SchemaMap(programme_schema())
    problems: list[Problem] = []
    file: ProgrammeFile | None = None
    try:
        file = _adapter().validate_python(data)
    except ValidationError as error:
        errors = cast(list[Mapping[str, Any]], error.errors(include_url=False))
        problems += problems_from_errors(errors, file=shown, positions=positions, schema=schema)
    meaning, scale = check_meaning(data, file=shown, positions=positions)
    # A value of the wrong kind is told once: what it would mean is asked when its kind is right.
    faulty = {problem.where for problem in problems}
    meaning = [problem for problem in meaning if problem.where not in faulty]
    places = Places(data=data, file=shown, positions=positions)
    meaning += check_regulation(places)
    if file is not None:
        meaning += check_tables(file, places, folder=folder)
    problems = _in_order([*problems, *meaning, *scale])
    if problems and len(problems) == len(scale):
        raise ScaleError(problems)
    if problems or file is None:
        raise InputError(problems)
    tables = table_hashes(file, folder=folder)
    identity = content_hash({"data": data, "tables": tables} if tables else data)
    return Programme(file=file, data=data, name=name, hash=identity, folder=folder)


def programme_schema() -> dict[str, Any]:
    """The JSON schema of a programme file, for editors and for other programs."""
    schema = _adapter().json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "leucel programme file"
    _allow_plain_values(schema)
    return schema


def _adapter() -> TypeAdapter[ProgrammeFile]:
    return TypeAdapter(ProgrammeFile)


def _allow_plain_values(node: Any) -> None:
    """A quantity may be a plain number and a statement a plain text: say so wherever one stands."""
    if isinstance(node, list):
        for item in cast(list[Any], node):
            _allow_plain_values(item)
        return
    if not isinstance(node, dict):
        return
    table = cast(dict[str, Any], node)
    for value in list(table.values()):
        _allow_plain_values(value)
    plain = {"#/$defs/Quantity": "number", "#/$defs/Statement": "string"}.get(
        str(table.get("$ref"))
    )
    if plain:
        reference = table.pop("$ref")
        table["anyOf"] = [{"type": plain}, {"$ref": reference}]


def _load(text: str, shown: str) -> tuple[dict[str, Any], Positions]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax_problem(str(error), text, shown)) from error
    return data, map_positions(text.replace("\r\n", "\n"))


def _syntax_problem(message: str, text: str, shown: str) -> Problem:
    match = _SYNTAX_PLACE.search(message)
    line = column = None
    if match:
        lines = text.split("\n")
        line = int(match[1]) if match[1] else len(lines)
        column = int(match[2]) if match[2] else len(lines[-1]) + 1
    sentence = _SYNTAX_PLACE.sub("", message)
    return Problem(
        what=f"this is no valid TOML: {sentence[:1].lower()}{sentence[1:]}",
        where=Place(file=shown, line=line, column=column),
        fix="see https://toml.io for the rules",
    )


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sorted by place; of several at one place, each sentence once."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Problem] = []
    for problem in problems:
        where = problem.where
        key = (where.line, where.column, where.key, problem.what) if where else (problem.what,)
        if key not in seen:
            seen.add(key)
            kept.append(problem)
    return sorted(
        kept,
        key=lambda p: (p.where.line or 0, p.where.column or 0) if p.where else (0, 0),
    )
