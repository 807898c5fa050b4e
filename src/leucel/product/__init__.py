"""The product: construct, vector, dose, manufacture."""

from leucel.product.assumption import Assumption
from leucel.product.checks import Finding, Verdict, check_construct, check_order
from leucel.product.construct import Construct, PlacedPart, build_construct, with_binder_sequence
from leucel.product.domains import Domain, Role, domains, get_domain, identify, variants
from leucel.product.dose import CohortDose, DoseRule, dose_cohort
from leucel.product.drawing import CartoonPart, MapSegment, linear_map, membrane_cartoon
from leucel.product.manufacture import (
    CONFORMING,
    FAILED,
    FATES,
    OUT_OF_SPECIFICATION,
    Lots,
    ManufacturePlan,
    borrow_plan,
    draw_lots,
)
from leucel.product.parts import Binder, Part, own_part
from leucel.product.records import RECORDS, ProcessRecord, get_record, records_of, waiting_time
from leucel.product.result import ProductResult, describe_product
from leucel.product.segment import NEAR_IDENTITY, Segment, Segmentation, segment
from leucel.product.sequence import (
    Motif,
    cysteines,
    itams,
    mass_kda,
    n_glycosylation_sites,
    read_protein,
)
from leucel.product.sources import sources
from leucel.product.vector import (
    COPY_LIMITS,
    Transduction,
    copies_from_ddpcr,
    fit_zero_inflated,
    negative_binomial_transduction,
    poisson_transduction,
    zero_inflated_transduction,
)
from leucel.product.waiting import LogNormalDays, lognormal_from_quartiles

__all__ = [
    "CONFORMING",
    "COPY_LIMITS",
    "FAILED",
    "FATES",
    "NEAR_IDENTITY",
    "OUT_OF_SPECIFICATION",
    "RECORDS",
    "Assumption",
    "Binder",
    "CartoonPart",
    "CohortDose",
    "Construct",
    "Domain",
    "DoseRule",
    "Finding",
    "LogNormalDays",
    "Lots",
    "ManufacturePlan",
    "MapSegment",
    "Motif",
    "Part",
    "PlacedPart",
    "ProcessRecord",
    "ProductResult",
    "Role",
    "Segment",
    "Segmentation",
    "Transduction",
    "Verdict",
    "borrow_plan",
    "build_construct",
    "check_construct",
    "check_order",
    "copies_from_ddpcr",
    "cysteines",
    "describe_product",
    "domains",
    "dose_cohort",
    "draw_lots",
    "fit_zero_inflated",
    "get_domain",
    "get_record",
    "identify",
    "itams",
    "linear_map",
    "lognormal_from_quartiles",
    "mass_kda",
    "membrane_cartoon",
    "n_glycosylation_sites",
    "negative_binomial_transduction",
    "own_part",
    "poisson_transduction",
    "read_protein",
    "records_of",
    "segment",
    "sources",
    "variants",
    "waiting_time",
    "with_binder_sequence",
    "zero_inflated_transduction",
]
