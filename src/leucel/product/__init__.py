"""The product: construct, vector, dose, manufacture."""

from leucel.product.annotated_record import (
    AnnotatedRecord,
    Annotation,
    annotate,
    read_genbank,
    to_fasta,
    to_genbank,
)
from leucel.product.assay_file import (
    KillingPoints,
    MouseGroup,
    read_cocultures,
    read_killing,
    read_mice,
)
from leucel.product.candidates import read_candidates, read_criteria
from leucel.product.carrgo import CoCulture, fit_carrgo, simulate_carrgo
from leucel.product.checks import Finding, Verdict, check_construct, check_order
from leucel.product.codon_design import CodingDesign, design_coding_sequence
from leucel.product.construct import Construct, PlacedPart, build_construct, with_binder_sequence
from leucel.product.construct_file import ENDINGS, ConstructInput, read_construct
from leucel.product.copy_limits import CopyLimit, CopyVerdict, judge_copies
from leucel.product.curve_fit import CurveFit, Estimate
from leucel.product.dna import (
    CodingSequence,
    find_coding_sequence,
    read_dna,
    reverse_complement,
    translate,
)
from leucel.product.dna_checks import DNA_RULES, DnaRules, check_dna, codon_adaptation, gc_share
from leucel.product.domains import Domain, Role, domains, get_domain, identify, variants
from leucel.product.dose import CohortDose, DoseRule, dose_cohort
from leucel.product.drawing import CartoonPart, MapSegment, linear_map, membrane_cartoon
from leucel.product.extras import MissingExtraError
from leucel.product.humanness import humanness_available, oasis_relaxed
from leucel.product.identity import check_character, flag_value, require_identity
from leucel.product.inspection import Inspection, inspect_construct
from leucel.product.killing import (
    curve_area,
    fit_killing_curve,
    four_parameter,
    lysis_from_impedance,
    lysis_from_release,
    time_to_half_kill,
)
from leucel.product.lot_file import (
    LotTable,
    copies_of_lots,
    read_lots,
    read_specification,
    require_plausible,
)
from leucel.product.lot_run import (
    CONFORMING,
    FATES,
    NO_PRODUCT,
    OUT_OF_SPECIFICATION,
    REMADE,
    LotRun,
    make_lots,
    process_sensitivity,
)
from leucel.product.mhc_ii import DRB1_PANEL, MhcLoad, mhc_ii_load
from leucel.product.parts import Binder, Part, own_part
from leucel.product.phenotype import Phenotype
from leucel.product.process import DEFAULT_STAGES, Process, Stage, with_stage
from leucel.product.receptor import receptor_from_segments
from leucel.product.records import RECORDS, ProcessRecord, get_record, records_of, waiting_time
from leucel.product.release import SPECIFICATIONS, Judgment, ReleaseTest, judge_lots
from leucel.product.result import ProductResult, describe_product
from leucel.product.sbol import to_sbol
from leucel.product.screening import (
    Criterion,
    RankedCandidate,
    pareto_fronts,
    rank_candidates,
    what_if_weights,
)
from leucel.product.segment import NEAR_IDENTITY, Segment, Segmentation, segment
from leucel.product.sequence import (
    Motif,
    cysteines,
    itams,
    mass_kda,
    n_glycosylation_sites,
    read_protein,
)
from leucel.product.sequence_profile import (
    NEEDS_DATA,
    NEEDS_STRUCTURE,
    SequenceProfile,
    profile,
)
from leucel.product.site import SiteRun, run_site
from leucel.product.sources import sources
from leucel.product.splice import SpliceSite, splice_sites
from leucel.product.treatment import Contrast, GroupFit, compare_groups, fit_groups
from leucel.product.uptake import LotFit, Uptake, fit_lots, fit_uptake
from leucel.product.variable_domains import (
    VariableDomain,
    find_variable_domains,
    liabilities,
    nearest_germline,
    nearest_reference,
)
from leucel.product.vector import (
    COPY_LIMITS,
    Transduction,
    copies_from_ddpcr,
    fit_zero_inflated,
    negative_binomial_transduction,
    poisson_transduction,
    zero_inflated_transduction,
)
from leucel.product.vector_size import PAYLOAD_LIMITS, VectorSize, vector_size
from leucel.product.vein_to_vein import calibrate_times
from leucel.product.waiting import LogNormalDays, lognormal_from_quartiles
from leucel.product.xenograft import (
    CURVES,
    GrowthCurve,
    GrowthFit,
    Mouse,
    fit_growth,
    growth_inhibition,
    volume_from_calipers,
)

__all__ = [
    "CONFORMING",
    "COPY_LIMITS",
    "CURVES",
    "DEFAULT_STAGES",
    "DNA_RULES",
    "DRB1_PANEL",
    "ENDINGS",
    "FATES",
    "NEAR_IDENTITY",
    "NEEDS_DATA",
    "NEEDS_STRUCTURE",
    "NO_PRODUCT",
    "OUT_OF_SPECIFICATION",
    "PAYLOAD_LIMITS",
    "RECORDS",
    "REMADE",
    "SPECIFICATIONS",
    "AnnotatedRecord",
    "Annotation",
    "Binder",
    "CartoonPart",
    "CoCulture",
    "CodingDesign",
    "CodingSequence",
    "CohortDose",
    "Construct",
    "ConstructInput",
    "Contrast",
    "CopyLimit",
    "CopyVerdict",
    "Criterion",
    "CurveFit",
    "DnaRules",
    "Domain",
    "DoseRule",
    "Estimate",
    "Finding",
    "GroupFit",
    "GrowthCurve",
    "GrowthFit",
    "Inspection",
    "Judgment",
    "KillingPoints",
    "LogNormalDays",
    "LotFit",
    "LotRun",
    "LotTable",
    "MapSegment",
    "MhcLoad",
    "MissingExtraError",
    "Motif",
    "Mouse",
    "MouseGroup",
    "Part",
    "Phenotype",
    "PlacedPart",
    "Process",
    "ProcessRecord",
    "ProductResult",
    "RankedCandidate",
    "ReleaseTest",
    "Role",
    "Segment",
    "Segmentation",
    "SequenceProfile",
    "SiteRun",
    "SpliceSite",
    "Stage",
    "Transduction",
    "Uptake",
    "VariableDomain",
    "VectorSize",
    "Verdict",
    "annotate",
    "build_construct",
    "calibrate_times",
    "check_character",
    "check_construct",
    "check_dna",
    "check_order",
    "codon_adaptation",
    "compare_groups",
    "copies_from_ddpcr",
    "copies_of_lots",
    "curve_area",
    "cysteines",
    "describe_product",
    "design_coding_sequence",
    "domains",
    "dose_cohort",
    "find_coding_sequence",
    "find_variable_domains",
    "fit_carrgo",
    "fit_groups",
    "fit_growth",
    "fit_killing_curve",
    "fit_lots",
    "fit_uptake",
    "fit_zero_inflated",
    "flag_value",
    "four_parameter",
    "gc_share",
    "get_domain",
    "get_record",
    "growth_inhibition",
    "humanness_available",
    "identify",
    "inspect_construct",
    "itams",
    "judge_copies",
    "judge_lots",
    "liabilities",
    "linear_map",
    "lognormal_from_quartiles",
    "lysis_from_impedance",
    "lysis_from_release",
    "make_lots",
    "mass_kda",
    "membrane_cartoon",
    "mhc_ii_load",
    "n_glycosylation_sites",
    "nearest_germline",
    "nearest_reference",
    "negative_binomial_transduction",
    "oasis_relaxed",
    "own_part",
    "pareto_fronts",
    "poisson_transduction",
    "process_sensitivity",
    "profile",
    "rank_candidates",
    "read_candidates",
    "read_cocultures",
    "read_construct",
    "read_criteria",
    "read_dna",
    "read_genbank",
    "read_killing",
    "read_lots",
    "read_mice",
    "read_protein",
    "read_specification",
    "receptor_from_segments",
    "records_of",
    "require_identity",
    "require_plausible",
    "reverse_complement",
    "run_site",
    "segment",
    "simulate_carrgo",
    "sources",
    "splice_sites",
    "time_to_half_kill",
    "to_fasta",
    "to_genbank",
    "to_sbol",
    "translate",
    "variants",
    "vector_size",
    "volume_from_calipers",
    "waiting_time",
    "what_if_weights",
    "with_binder_sequence",
    "with_stage",
    "zero_inflated_transduction",
]
