"""The parts of a run, in their order."""

from leucel.programme.parts.access import access_part
from leucel.programme.parts.designation import designation_part
from leucel.programme.parts.kinetics import kinetics_part
from leucel.programme.parts.population import population_part
from leucel.programme.parts.product import product_part
from leucel.programme.parts.response import response_part
from leucel.programme.run import Part

PARTS = (
    Part(name="product", title="Product", work=product_part, arguments=("patients", "seed")),
    Part(
        name="kinetics",
        title="Kinetics",
        work=kinetics_part,
        arguments=("patients", "months", "seed"),
    ),
    Part(
        name="response",
        title="Response",
        work=response_part,
        arguments=("patients", "months", "seed"),
    ),
    Part(name="population", title="Population", work=population_part, arguments=("seed",)),
    Part(
        name="designation",
        title="Designation and routes",
        work=designation_part,
        arguments=("seed", "as_of"),
    ),
    Part(
        name="access",
        title="Filings and access",
        work=access_part,
        needs=("response",),
        arguments=("seed", "as_of"),
    ),
)
"""Each part is kept on the disk when it is finished; a resumed run repeats none of them."""
