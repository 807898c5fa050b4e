"""Ground floor of leucel: errors, evidence, units, status, random numbers, storage, provenance."""

from leucel.core.assumption import Assumption
from leucel.core.errors import (
    InputError,
    LeucelError,
    MissingEvidenceError,
    ModelError,
    Place,
    Problem,
    ScaleError,
    SolveError,
    StorageError,
    UnitError,
    UnreadableFileError,
    near_misses,
    unknown_name,
)
from leucel.core.evidence import Evidence, Kind, Mark, Source, require_usable
from leucel.core.progress import SILENT, Progress
from leucel.core.provenance import canonical_json, content_hash, library_versions
from leucel.core.rng import RandomStream, philox4x32
from leucel.core.status import Status
from leucel.core.storage import file_hash, storage_errors, write_atomic
from leucel.core.units import Unit, conversion_factor, parse_unit

__all__ = [
    "SILENT",
    "Assumption",
    "Evidence",
    "InputError",
    "Kind",
    "LeucelError",
    "Mark",
    "MissingEvidenceError",
    "ModelError",
    "Place",
    "Problem",
    "Progress",
    "RandomStream",
    "ScaleError",
    "SolveError",
    "Source",
    "Status",
    "StorageError",
    "Unit",
    "UnitError",
    "UnreadableFileError",
    "canonical_json",
    "content_hash",
    "conversion_factor",
    "file_hash",
    "library_versions",
    "near_misses",
    "parse_unit",
    "philox4x32",
    "require_usable",
    "storage_errors",
    "unknown_name",
    "write_atomic",
]
