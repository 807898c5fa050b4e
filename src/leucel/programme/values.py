"""Building blocks of the schema: numbers and statements that carry their source.

A section of a programme file may give `source`, `mark` and `kind` once; a plain number or text in
it takes them over, and a value that differs is written as a table of its own::

    [product]
    source = "press_release_2025"
    mark = "seen"
    inn = "equecabtagene autoleucel"
    code = { value = "CT103A", source = "wang_2021" }
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_type_hints,
)

import pydantic.dataclasses
from pydantic import ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from leucel.core import Evidence, Kind, Mark

MarkName = Literal[
    "official",
    "reproduced",
    "seen",
    "secondary",
    "derived",
    "computed",
    "own value",
    "unverified",
]
KindName = Literal["reported", "derived", "digitized", "calibrated", "borrowed", "assumed"]

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[StrictInt, Field(ge=1)]
Text = Annotated[StrictStr, Field(min_length=1)]
Identifier = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Flag = StrictBool

_T = TypeVar("_T")
_CONFIG = ConfigDict(extra="forbid")


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(Field, dataclasses.field)
)
def section(cls: type[_T]) -> type[_T]:
    """Make `cls` a frozen, slotted, keyword-only dataclass that checks what it is built from."""
    make = cast(
        Callable[[type[_T]], type[_T]],
        pydantic.dataclasses.dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG),
    )
    return make(cls)


@section
class Quantity:
    """A number with unit, interval, source and mark."""

    value: Number = Field(description="the number")
    unit: StrictStr = Field(default="", description="unit of the number and of its limits")
    low: Number | None = Field(default=None, description="lower 95% limit")
    high: Number | None = Field(default=None, description="upper 95% limit")
    n: Count | None = Field(default=None, description="subjects behind the number")
    source: StrictStr = Field(default="", description="id of an entry of [[sources]]")
    place: StrictStr = Field(default="", description="table, figure or page in the source")
    mark: MarkName = Field(default="own value", description="how far the number can be trusted")
    kind: KindName = Field(default="reported", description="how the number came about")
    note: StrictStr = Field(default="", description="what a reader should know")

    def evidence(self) -> Evidence:
        """The same content as the value type of the rooms below."""
        return Evidence(
            value=self.value,
            unit=self.unit,
            low=self.low,
            high=self.high,
            n=self.n,
            source=self.source,
            place=self.place,
            mark=Mark(self.mark),
            kind=Kind(self.kind),
            note=self.note,
        )


@section
class Statement:
    """A fact in words with source and mark."""

    value: Text = Field(description="the fact")
    source: StrictStr = Field(default="", description="id of an entry of [[sources]]")
    place: StrictStr = Field(default="", description="table, figure or page in the source")
    mark: MarkName = Field(default="own value", description="how far the fact can be trusted")
    kind: KindName = Field(default="reported", description="how the fact came about")
    note: StrictStr = Field(default="", description="what a reader should know")

    def evidence(self) -> Evidence:
        """The same content as the value type of the rooms below."""
        return Evidence(
            value=self.value,
            source=self.source,
            place=self.place,
            mark=Mark(self.mark),
            kind=Kind(self.kind),
            note=self.note,
        )


@section
class Sourced:
    """A section whose plain values take over its source, mark and kind."""

    source: StrictStr = Field(default="", description="source of every plain value below")
    mark: MarkName = Field(default="own value", description="mark of every plain value below")
    kind: KindName = Field(default="reported", description="kind of every plain value below")

    @model_validator(mode="before")
    @classmethod
    def hand_down(cls, given: Any) -> Any:
        """Write plain values out as tables with the section's source, mark and kind."""
        if not isinstance(given, Mapping):
            return given
        raw = cast(Mapping[str, Any], given)
        shared = {name: raw[name] for name in ("source", "mark", "kind") if name in raw}
        values = _value_fields(cls)
        return {
            name: _written_out(item, shared) if name in values else item
            for name, item in raw.items()
        }


def _value_fields(cls: type) -> frozenset[str]:
    """Names of the fields of `cls` that hold a `Quantity` or a `Statement`."""
    hints = get_type_hints(cls)
    return frozenset(
        name
        for name, hint in hints.items()
        if {Quantity, Statement} & {hint, *(get_args(hint) or ())}
    )


def _written_out(item: Any, shared: Mapping[str, Any]) -> Any:
    if isinstance(item, list):
        return [_written_out(entry, shared) for entry in cast(list[Any], item)]
    if isinstance(item, Mapping):
        table = cast(Mapping[str, Any], item)
        # A value with a source of its own does not borrow the section's mark: the two belong
        # together.
        return dict(table) if "source" in table or "mark" in table else {**shared, **table}
    return {**shared, "value": item}
