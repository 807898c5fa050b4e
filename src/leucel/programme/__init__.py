"""Programmes: the file of a product, read and run part by part into a dossier."""

from leucel.programme.dossier import construct_svg, dossier_files
from leucel.programme.files import check_file, read_residues
from leucel.programme.folder import RunFolder
from leucel.programme.parts import PARTS
from leucel.programme.parts.access import access_assumptions, programme_access
from leucel.programme.parts.cohort import (
    programme_patients,
    require_runnable,
    trial_design,
)
from leucel.programme.parts.designation import (
    milestone_register,
    programme_designation,
    programme_routes,
    route_options,
)
from leucel.programme.parts.filings import envelope_files, milestone_bundle, programme_filings
from leucel.programme.parts.gain import gain_from_trial
from leucel.programme.parts.lots import lot_design, programme_process
from leucel.programme.parts.population import burden_options, programme_burden
from leucel.programme.parts.product import programme_construct, programme_dose
from leucel.programme.parts.reports import prevalence_courses
from leucel.programme.parts.response import (
    programme_calibration,
    programme_trial,
    response_tables,
)
from leucel.programme.plain import json_text, parquet_bytes, plain
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
from leucel.programme.template import template_text, write_template

__all__ = [
    "PARTS",
    "Part",
    "PartInput",
    "PartResult",
    "Programme",
    "ProgrammeFile",
    "RunArguments",
    "RunFolder",
    "RunReport",
    "access_assumptions",
    "burden_options",
    "check_file",
    "construct_svg",
    "dossier_files",
    "envelope_files",
    "gain_from_trial",
    "json_text",
    "lot_design",
    "milestone_bundle",
    "milestone_register",
    "parquet_bytes",
    "parse_programme",
    "plain",
    "prevalence_courses",
    "programme_access",
    "programme_burden",
    "programme_calibration",
    "programme_construct",
    "programme_designation",
    "programme_dose",
    "programme_filings",
    "programme_patients",
    "programme_process",
    "programme_routes",
    "programme_schema",
    "programme_trial",
    "read_programme",
    "read_residues",
    "require_runnable",
    "response_tables",
    "route_options",
    "run_programme",
    "shipped_programmes",
    "template_text",
    "trial_design",
    "write_template",
]
