"""Numbers of a protein that need nothing but its sequence, and what is refused without a structure.

Isoelectric point, charge, hydropathy and instability come from Biopython's ProtParam. They describe
an unfolded chain; as signs of aggregation they are proxies and are labeled so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leucel.product.extras import need
from leucel.product.variable_domains import VariableDomain

NEEDS_STRUCTURE: tuple[tuple[str, str], ...] = (
    (
        "patches of surface hydrophobicity (PSH)",
        "the score sums over residues that are exposed in a three-dimensional Fv model",
    ),
    (
        "patches of positive and negative charge (PPC, PNC)",
        "the scores sum over residues that are exposed in a three-dimensional Fv model",
    ),
    (
        "structural Fv charge symmetry (SFvCSP)",
        "the score multiplies the charges of exposed residues of VH and VL",
    ),
    (
        "positively charged patch score of tonic signaling (PCP)",
        "the score rests on the three largest positive surface patches of a structure; its exact "
        "formula is not published",
    ),
)
"""Developability scores that are not computed from a sequence, each with the reason."""

NEEDS_DATA: tuple[tuple[str, str], ...] = (
    (
        "T20 humanness",
        "the score is the mean identity to the 20 nearest of its authors' own collection of human "
        "sequences, which no library with a permissive license carries; germline identity and "
        "OASis stand in its place",
    ),
)
"""Scores whose data cannot be shipped, each with the reason."""

PEAK_WINDOW = 9
"""Residues of the window of `SequenceProfile.peak_hydropathy`."""

TAP_LENGTH = ((37, 63), (42, 55))
"""Limits of the total CDR length: red outside the first pair, amber at or beyond the second
(tap_2024)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceProfile:
    """Numbers of one chain.

    Attributes
    ----------
    residues : length.
    kda : mass [kDa].
    isoelectric_point : pH, with Biopython's pK set.
    charge : net charge at pH 7.4.
    gravy : mean hydropathy of Kyte and Doolittle.
    instability : index of Guruprasad; above 40 a chain is called unstable.
    peak_hydropathy : highest mean hydropathy of 9 residues in a row; a proxy for a stretch that
        aggregates, without knowing whether it is buried.
    peak_at : first residue of that stretch, from 1.
    """

    residues: int
    kda: float
    isoelectric_point: float
    charge: float
    gravy: float
    instability: float
    peak_hydropathy: float
    peak_at: int

    def to_dict(self) -> dict[str, float | int]:
        """JSON-ready form."""
        return {name: getattr(self, name) for name in self.__slots__}


def profile(protein: str) -> SequenceProfile:
    """Isoelectric point, charge, hydropathy, instability and mass of a chain of any length.

    Raises
    ------
    MissingExtraError
        When the extra `construct` is not installed.

    Examples
    --------
    >>> round(profile("ACDEFGHIKLMNPQRSTVWY").isoelectric_point, 1)
    6.8
    """
    tools = need("Bio.SeqUtils.ProtParam", extra="construct", what="the sequence profile")
    chain = tools.ProteinAnalysis(protein)
    scale = need("Bio.SeqUtils.ProtParamData", extra="construct", what="the sequence profile").kd
    width = min(PEAK_WINDOW, len(protein))
    summed = np.concatenate([[0.0], np.cumsum([scale.get(letter, 0.0) for letter in protein])])
    means = (summed[width:] - summed[:-width]) / width
    peak = int(np.argmax(means))
    return SequenceProfile(
        residues=len(protein),
        kda=chain.molecular_weight() / 1000,
        isoelectric_point=chain.isoelectric_point(),
        charge=chain.charge_at_pH(7.4),
        gravy=chain.gravy(),
        instability=chain.instability_index(),
        peak_hydropathy=float(means[peak]),
        peak_at=peak + 1,
    )


def total_cdr_length(found: Sequence[VariableDomain]) -> tuple[int, str] | None:
    """Total length of the six CDRs of one Fv with its TAP flag, None unless there is one VH and VL.

    The only TAP score that a sequence gives exactly: red below 37 or above 63 residues, amber up
    to 42 and from 55 on.

    Examples
    --------
    >>> total_cdr_length(()) is None
    True
    """
    if sorted(domain.chain == "H" for domain in found) != [False, True]:
        return None
    total = sum(domain.cdr_length for domain in found)
    (red_low, red_high), (low, high) = TAP_LENGTH
    if total < red_low or total > red_high:
        return total, "red"
    return total, "amber" if total <= low or total >= high else "green"
