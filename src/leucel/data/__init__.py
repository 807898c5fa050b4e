"""Study data: the dictionary of columns, profiles over time, tables on disk."""

from leucel.data.columns import COLUMNS, Column, check_columns
from leucel.data.events import EVENT_COLUMNS, EventTable, read_events
from leucel.data.profiles import Profiles, profiles_from_arrays, profiles_from_matrix
from leucel.data.study_file import StudyColumns, read_profiles
from leucel.data.table_file import TableFile, table_path_problems
from leucel.data.tables import read_table, table_bytes, write_table

__all__ = [
    "COLUMNS",
    "EVENT_COLUMNS",
    "Column",
    "EventTable",
    "Profiles",
    "StudyColumns",
    "TableFile",
    "check_columns",
    "profiles_from_arrays",
    "profiles_from_matrix",
    "read_events",
    "read_profiles",
    "read_table",
    "table_bytes",
    "table_path_problems",
    "write_table",
]
