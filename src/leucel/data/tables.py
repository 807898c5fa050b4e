"""Tables on disk: Parquet files whose bytes depend on their content alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from leucel.core import InputError, Problem, storage_errors, write_atomic
from leucel.data.columns import COLUMNS, Column, check_columns

if TYPE_CHECKING:
    import pandas as pd


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as Parquet, under a temporary name first.

    The same table gives the same bytes with the same version of pyarrow: no index, no time, no
    library metadata; each column carries its unit and meaning.

    Raises
    ------
    InputError
        When a column is not in the dictionary or has another type.
    StorageError
        When the file system refuses.
    """
    write_atomic(path, table_bytes(frame))


def table_bytes(frame: pd.DataFrame) -> bytes:
    """The Parquet file of a table, as `write_table` writes it.

    Examples
    --------
    >>> import pandas as pd
    >>> table_bytes(pd.DataFrame({"id": ["a", "b"], "time": [0.0, 1.0]}))[:4]
    b'PAR1'
    """
    check_columns(frame)
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [_field(COLUMNS[str(name)]) for name in frame.columns]
    arrays = [
        _array(frame.iloc[:, position], COLUMNS[str(name)])
        for position, name in enumerate(frame.columns)
    ]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=3, version="2.6")
    return sink.getvalue().to_pybytes()


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that `write_table` wrote.

    Raises
    ------
    StorageError
        When the file cannot be opened.
    InputError
        When it is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with storage_errors(path, "read"):
        content = path.read_bytes()
    try:
        return pq.read_table(pa.BufferReader(content)).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            Problem(what=f"{path} is no readable Parquet file", received=str(error))
        ) from error


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    return {
        "float": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "text": pa.string(),
    }[column.type]


def _field(column: Column) -> Any:
    import pyarrow as pa

    words = {"meaning": column.meaning, "unit": column.unit}
    return pa.field(column.name, _arrow_type(column), metadata=words)


def _array(column: pd.Series, registered: Column) -> Any:
    import pyarrow as pa

    kind = _arrow_type(registered)
    # A whole number stored as float because of a gap becomes a whole number with a null.
    pandas_type = {"integer": "Int64", "float": "Float64"}.get(registered.type)
    values = column if pandas_type is None else column.astype(pandas_type)
    return pa.array(values, kind, from_pandas=True)
