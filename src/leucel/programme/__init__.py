"""Programmes: the file of a product, read and run part by part into a dossier."""

from leucel.programme.files import check_file
from leucel.programme.folder import RunFolder
from leucel.programme.plain import json_text, plain
from leucel.programme.reader import (
    Programme,
    parse_programme,
    programme_schema,
    read_programme,
    shipped_programmes,
)
from leucel.programme.result import PartResult
from leucel.programme.run import (
    Part,
    PartInput,
    RunArguments,
    RunReport,
    run_programme,
)
from leucel.programme.schema import ProgrammeFile

__all__ = [
    "Part",
    "PartInput",
    "PartResult",
    "Programme",
    "ProgrammeFile",
    "RunArguments",
    "RunFolder",
    "RunReport",
    "check_file",
    "json_text",
    "parse_programme",
    "plain",
    "programme_schema",
    "read_programme",
    "run_programme",
    "shipped_programmes",
]
