"""Tables that are written piece by piece, and appear only when they are whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, final

from leucel.core import InputError, Problem, storage_errors
from leucel.data.columns import COLUMNS, check_columns

if TYPE_CHECKING:
    import pandas as pd

TABLE_ENDINGS: Final = (".parquet", ".csv")


def table_path_problems(path: Path) -> tuple[Problem, ...]:
    """What keeps a table from being written to a path: its ending, its folder.

    Examples
    --------
    >>> from pathlib import Path
    >>> print(*table_path_problems(Path("courses.xlsx")))
    the ending does not say what to write; received courses.xlsx; allowed: .parquet, .csv
    """
    problems: list[Problem] = []
    if path.suffix.casefold() not in TABLE_ENDINGS:
        problems.append(
            Problem(
                what="the ending does not say what to write",
                received=path.name,
                allowed=", ".join(TABLE_ENDINGS),
            )
        )
    if not path.parent.is_dir():
        problems.append(
            Problem(
                what="there is no such folder to write to",
                received=str(path.parent),
                fix="make it first, or choose another one",
            )
        )
    elif path.is_dir():
        problems.append(Problem(what="the file to write is a folder", received=str(path)))
    return tuple(problems)


@final
class TableFile:
    """A Parquet or CSV file that grows frame by frame under a temporary name.

    It takes its name when the `with` block ends well; when it does not, nothing is left. Columns
    are those of the dictionary; in Parquet each carries its unit and meaning.

    Parameters
    ----------
    path : ending in .parquet or .csv, in a folder that is there.

    Raises
    ------
    InputError
        For another ending or folder, or a column that is not in the dictionary.
    StorageError
        When the file system refuses.
    """

    def __init__(self, path: Path) -> None:
        problems = table_path_problems(path)
        if problems:
            raise InputError(problems)
        self._path = path
        self._parquet = path.suffix.casefold() == ".parquet"
        self._file: IO[bytes] | None = None
        self._temporary: Path | None = None
        self._writer: Any = None
        self._empty = True

    def __enter__(self) -> TableFile:
        with storage_errors(self._path, "write"):
            prefix = f".{self._path.name[:32]}."
            handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=self._path.parent)
            self._file, self._temporary = os.fdopen(handle, "wb"), Path(name)
        return self

    def append(self, frame: pd.DataFrame) -> None:
        """Write further rows, with the columns of the first ones."""
        assert self._file is not None
        check_columns(frame)
        with storage_errors(self._path, "write"):
            if self._parquet:
                self._append_parquet(frame)
            else:
                text = frame.to_csv(index=False, header=self._empty)
                self._file.write(text.encode("utf-8"))
        self._empty = False

    def _append_parquet(self, frame: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {
            "float": pa.float64(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "text": pa.string(),
        }
        fields: list[Any] = []
        arrays: list[Any] = []
        for position, name in enumerate(frame.columns):
            column = COLUMNS[str(name)]
            words = {"meaning": column.meaning, "unit": column.unit}
            fields.append(pa.field(column.name, kinds[column.type], metadata=words))
            array = pa.array(frame.iloc[:, position], from_pandas=column.type != "float")
            arrays.append(array.cast(kinds[column.type]))
        table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._file is not None
        assert self._temporary is not None
        try:
            with storage_errors(self._path, "write"):
                if self._writer is not None:
                    self._writer.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                if kind is None:
                    self._temporary.chmod(0o644)
                    self._temporary.replace(self._path)
        finally:
            self._file.close()
            with contextlib.suppress(OSError):
                self._temporary.unlink()
