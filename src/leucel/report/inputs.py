"""What a dossier is made from, and how its parts are read without assuming that all are there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from leucel.core import Source, content_hash

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierInput:
    """The finished results of one run, as plain data.

    Attributes
    ----------
    summary : the contents of `summary.json` (keys `programme, manifest, product, kinetics, trial,
        epidemiology, designation, routes`).
    tables : the contents of `tables/*.parquet` by name; a missing table leaves out its figure.
    programme : the validated programme file as plain data.
    sources : the bibliography by source id.
    assumptions : what was assumed, each with `what, value, unit, why, source, mark`.
    unknowns : sentences on what is not known.
    manifest : what the run was made from (versions, seed, hashes); nothing depends on the clock.
    """

    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict[str, "pd.DataFrame"])
    programme: Mapping[str, Any] = field(default_factory=dict[str, Any])
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    assumptions: Sequence[Any] = ()
    unknowns: Sequence[str] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def rows(self, *path: str) -> list[dict[str, Any]]:
        """The list of rows at a path of the summary; empty when it is not there.

        Examples
        --------
        >>> DossierInput(summary={"trial": {"endpoints": [{"endpoint": "orr"}]}}).rows(
        ...     "trial", "endpoints"
        ... )
        [{'endpoint': 'orr'}]
        """
        found = dig(self.summary, *path)
        if not isinstance(found, Sequence) or isinstance(found, str):
            return []
        return [dict(row) for row in found if isinstance(row, Mapping)]

    def frame(self, name: str, *columns: str) -> pd.DataFrame | None:
        """A table that has rows and all of the named columns, else None."""
        table = self.tables.get(name)
        if table is None or table.empty or not set(columns) <= set(table.columns):
            return None
        return table

    def table_rows(self, name: str, *columns: str) -> list[dict[str, Any]]:
        """A table as a list of rows with text keys and missing cells as None."""
        table = self.frame(name, *columns)
        if table is None:
            return []
        return [
            {str(key): clean(value) for key, value in row.items()}
            for row in table.to_dict(orient="records")
        ]

    @property
    def identity(self) -> str:
        """Hash of programme and manifest: the same results give the same identity."""
        return content_hash({"programme": plain(self.programme), "manifest": plain(self.manifest)})


def dig(value: Any, *path: str) -> Any:
    """The item at a path of nested mappings, or None."""
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def said(given: Any) -> str:
    """The plain text of a statement of the programme file, or of a plain value."""
    if isinstance(given, Mapping):
        given = given.get("value")
    return "" if given is None else str(given)


def first(mapping: Mapping[str, Any], *keys: str) -> Any:
    """The first of the named items that is there and not empty, or None."""
    for key in keys:
        value = mapping.get(key)
        if value is not None and value != "" and value != []:
            return value
    return None


def number(value: Any) -> float | None:
    """A finite number, or None for anything that is none (text, missing, NaN, infinity)."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        result = float(value)
    except (TypeError, ValueError):
        return None
    return result if math.isfinite(result) else None


def texts(value: Any) -> list[str]:
    """A list of texts from a list, a text with semicolons, or nothing.

    Examples
    --------
    >>> texts("wang_2021"), texts("a; b"), texts(["a", "", None]), texts(None)
    (['wang_2021'], ['a', 'b'], ['a'], [])
    """
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Sequence):
        return [str(item) for item in value if item is not None and item != ""]
    return [str(value)]


def clean(value: Any) -> Any:
    """A cell of a table as plain Python data: NaN, NaT and NA become None."""
    if isinstance(value, np.generic):
        return clean(value.item())
    if isinstance(value, np.ndarray):
        return [clean(item) for item in value.tolist()]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    return value


def plain(value: Any) -> Any:
    """Nested data with keys as text and unusual leaves as text, fit for a hash."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    value = clean(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
