"""Study data: the dictionary of columns, profiles over time, tables on disk."""

from leucel.data.columns import COLUMNS, Column, check_columns
from leucel.data.profiles import Profiles, profiles_from_arrays, profiles_from_matrix
from leucel.data.study_file import StudyColumns, read_profiles
from leucel.data.tables import read_table, table_bytes, write_table

__all__ = [
    "COLUMNS",
    "Column",
    "Profiles",
    "StudyColumns",
    "check_columns",
    "profiles_from_arrays",
    "profiles_from_matrix",
    "read_profiles",
    "read_table",
    "table_bytes",
    "write_table",
]
