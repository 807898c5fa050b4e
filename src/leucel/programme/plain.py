"""Results as plain data: what JSON can hold, without NaN, and the same bytes each time."""

from __future__ import annotations

import dataclasses
import io
import json
import math
from collections.abc import Mapping, Set
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def plain(value: Any) -> Any:
    """Nested data as dictionaries, lists, texts and finite numbers; NaN and infinity become None.

    Examples
    --------
    >>> plain({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        table = cast(Mapping[Any, Any], value)
        return {str(key): plain(item) for key, item in table.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast(list[Any], value)]
    if isinstance(value, Set):
        return sorted((plain(item) for item in cast(Set[Any], value)), key=repr)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, date):
        return value.isoformat()
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    raise TypeError(f"cannot write a {type(value).__name__} as JSON")


def json_text(value: Any) -> str:
    """Indented JSON that ends in a line end; equal contents give equal texts."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as a Parquet file; equal tables give equal bytes.

    Columns that the dictionary of the data room knows carry their unit and meaning.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from leucel.data import COLUMNS

    arrow = pa.Table.from_pandas(table.reset_index(drop=True), preserve_index=False)
    fields = [
        field.with_metadata({"meaning": known.meaning, "unit": known.unit})
        if (known := COLUMNS.get(field.name)) is not None
        else field
        for field in arrow.schema
    ]
    arrow = arrow.cast(pa.schema(fields, metadata=arrow.schema.metadata))
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def table_from_parquet(raw: bytes) -> pd.DataFrame:
    """The table that `parquet_bytes` wrote."""
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(raw)).to_pandas()
