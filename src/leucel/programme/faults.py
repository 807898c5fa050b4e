"""From what pydantic reports to problems that the author of a file understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from leucel.core import Place, Problem, near_misses
from leucel.programme.positions import Path, Positions, Spot

_LIMITS = {
    "greater_than": ("gt", "a number above {}"),
    "greater_than_equal": ("ge", "a number of at least {}"),
    "less_than": ("lt", "a number below {}"),
    "less_than_equal": ("le", "a number of at most {}"),
}
_KINDS = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "finite_number": "a finite number",
}


class SchemaMap:
    """Looks up, in the JSON schema, what may stand at a path."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.root = schema

    def node(self, path: Path) -> Mapping[str, Any] | None:
        """The schema at `path`, or None where the path leaves the schema."""
        here: Mapping[str, Any] | None = self.root
        for step in path:
            if here is None:
                return None
            here = self._child(self._resolved(here), step)
        return self._resolved(here) if here is not None else None

    def names(self, path: Path) -> tuple[str, ...]:
        """Keys that may stand in the table at `path`."""
        node = self.node(path)
        return tuple(node.get("properties", {})) if node else ()

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            node = self.root["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]]
        for choice in cast(Sequence[Mapping[str, Any]], node.get("anyOf", ())):
            found = self._resolved(choice)
            if "properties" in found or "items" in found:
                return found
        return node

    def _child(self, node: Mapping[str, Any], step: str | int) -> Mapping[str, Any] | None:
        if isinstance(step, int):
            return node.get("items")
        return node.get("properties", {}).get(step)


def problems_from_errors(
    errors: Sequence[Mapping[str, Any]], *, file: str, positions: Positions, schema: SchemaMap
) -> list[Problem]:
    """One problem for each error of pydantic, with the place in the file.

    Parameters
    ----------
    errors : as from `pydantic.ValidationError.errors()`.
    file : name of the file, for the places.
    positions : places of the keys and values.
    schema : what may stand where.
    """
    found: list[Problem] = []
    for error in errors:
        path = _path_in_file(error["loc"], schema)
        found.append(_problem(error, path, file=file, positions=positions, schema=schema))
    return found


def _path_in_file(loc: Sequence[Any], schema: SchemaMap) -> Path:
    """Drop what pydantic adds for unions: names that are no key of the schema at the very end."""
    path = tuple(part for part in loc if isinstance(part, str | int))
    if path and isinstance(path[-1], str) and path[-1] in {"float", "bool", "str", "int"}:
        parent = schema.names(path[:-1])
        if path[-1] not in parent:
            return path[:-1]
    return path


def _problem(
    error: Mapping[str, Any], path: Path, *, file: str, positions: Positions, schema: SchemaMap
) -> Problem:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    value_at = _place(file, positions.of_value(path), path)
    if kind == "missing":
        return Problem(
            what=f"the key {path[-1]!r} is missing",
            where=_place(file, positions.of_key(path[:-1]) or (1, 1), path),
            fix=_addition(path, schema),
        )
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        allowed = schema.names(path[:-1])
        near = near_misses(str(path[-1]), allowed)
        return Problem(
            what=f"unknown key {path[-1]!r}",
            where=_place(file, positions.of_key(path), path),
            allowed=", ".join(allowed) or None,
            fix=f"did you mean {' or '.join(map(repr, near))}?" if near else None,
        )
    if kind in {"literal_error", "enum"}:
        options = _options(schema.node(path))
        near = near_misses(str(given), options)
        return Problem(
            what=f"{path[-1]} has a value that leucel does not know",
            where=value_at,
            received=repr(given),
            allowed=", ".join(options) or str(context.get("expected", "")),
            fix=f"did you mean {' or '.join(map(repr, near))}?" if near else None,
        )
    if kind in _LIMITS:
        key, sentence = _LIMITS[kind]
        return Problem(
            what=f"{_named(path)} is out of range",
            where=value_at,
            received=repr(given),
            allowed=sentence.format(context.get(key)),
        )
    if kind == "too_short":
        return Problem(
            what=f"{_named(path)} is empty", where=value_at, allowed="at least one entry"
        )
    if kind == "string_too_short":
        return Problem(what=f"{_named(path)} is empty", where=value_at, allowed="a text in quotes")
    if kind == "string_pattern_mismatch":
        return Problem(
            what=f"{_named(path)} is not written as it should be",
            where=value_at,
            received=repr(given),
            allowed=f"a text of the form {context.get('pattern')}",
        )
    return Problem(
        what=f"{_named(path)} is of the wrong kind"
        if kind in _KINDS
        else f"{_named(path)}: {error['msg']}",
        where=value_at,
        received=_shown(given),
        allowed=_KINDS.get(kind),
    )


def _addition(path: Path, schema: SchemaMap) -> str:
    node = schema.node(path) or {}
    name = dotted(tuple(part for part in path if isinstance(part, str)))
    if "items" in node and "properties" in (schema.node((*path, 0)) or {}):
        return f"add a section [[{name}]]"
    if "properties" in node and schema.names(path)[:1] != ("value",):
        return f"add a section [{name}]"
    return f"add {path[-1]} = ..."


def _named(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    last = names[-1] if names else "the file"
    return f"{names[-2]}.{last}" if last == "value" and len(names) > 1 else last


def _options(node: Mapping[str, Any] | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if "const" in node:
        return (str(node["const"]),)
    return tuple(str(option) for option in node.get("enum", ()))


def _place(file: str, spot: Spot | None, path: Path) -> Place:
    line, column = spot if spot else (None, None)
    return Place(file=file, line=line, column=column, key=dotted(path))


def dotted(path: Path) -> str:
    """A path as people write it: `trial.patients`, `milestones[2].date`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}..."
