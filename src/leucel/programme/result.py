"""What one part of a run hands to the next and to the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leucel.core import Source
from leucel.programme.plain import plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """The finished work of one part, as plain data.

    Attributes
    ----------
    summary : keys and values that go into `summary.json`.
    tables : tables by name; they become `tables/NAME.parquet`.
    assumptions : what was assumed, each with `what, value, unit, why, source, mark`.
    sources : bibliography by id.
    models : content hashes of the models that were used, by id.
    documents : texts by path; they become `documents/PATH`.
    """

    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict[str, "pd.DataFrame"])
    assumptions: tuple[Mapping[str, Any], ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    models: Mapping[str, str] = field(default_factory=dict[str, str])
    documents: Mapping[str, str] = field(default_factory=dict[str, str])

    def without_tables(self) -> dict[str, Any]:
        """All but the tables, JSON-ready."""
        return {
            "summary": plain(self.summary),
            "assumptions": plain(self.assumptions),
            "sources": plain(self.sources),
            "models": plain(self.models),
            "documents": dict(self.documents),
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> PartResult:
        """The result that `without_tables` wrote, with its tables."""
        return cls(
            summary=data["summary"],
            tables=tables,
            assumptions=tuple(data["assumptions"]),
            sources={key: Source(**entry) for key, entry in data["sources"].items()},
            models=data["models"],
            documents=data.get("documents", {}),
        )
