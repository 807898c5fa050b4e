"""Peptide cores of a protein that HLA-DR may present, over a panel of DRB1 alleles.

TEPITOPEpan matrices (Zhang et al. 2012, as carried by the library epytope) score every 9-residue
core. A core counts for an allele when its score is among the highest few percent of random cores
with the composition of the human proteome. Cores that stand unchanged in a human germline V gene or
a human reference domain are counted apart: the immune system knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from leucel.core import Assumption, InputError, Mark, Problem
from leucel.product.domains import domains
from leucel.product.extras import need
from leucel.product.sequence import AMINO_ACIDS
from leucel.product.variable_domains import human_v_genes_whole

DRB1_PANEL = (
    "DRB1*01:01",
    "DRB1*03:01",
    "DRB1*04:01",
    "DRB1*07:01",
    "DRB1*08:01",
    "DRB1*11:01",
    "DRB1*13:01",
    "DRB1*15:01",
)
"""One common allele of each of eight DRB1 groups; chosen, no population weights."""

TOP_SHARE = 0.05
"""Share of random cores that count as presented by one allele; chosen, it sets the scale only."""

CORE = 9

# Share of each residue in the human proteome (20,417 entries of UniProt, 21 April 2025), computed.
_BACKGROUND = {
    "A": 0.0701,
    "C": 0.0230,
    "D": 0.0473,
    "E": 0.0711,
    "F": 0.0365,
    "G": 0.0656,
    "H": 0.0262,
    "I": 0.0434,
    "K": 0.0573,
    "L": 0.0996,
    "M": 0.0213,
    "N": 0.0358,
    "P": 0.0632,
    "Q": 0.0477,
    "R": 0.0563,
    "S": 0.0835,
    "T": 0.0538,
    "V": 0.0596,
    "W": 0.0121,
    "Y": 0.0266,
}
_STEP = 0.01
_FORBIDDEN = -100.0  # residues that no anchor takes carry -999 in the matrices
_INDEX = {letter: i for i, letter in enumerate(AMINO_ACIDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A core that at least one allele of the panel may present; `start` counts from 1."""

    start: int
    residues: str
    alleles: tuple[str, ...]
    human: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MhcLoad:
    """What a panel may present of one protein.

    Attributes
    ----------
    panel : alleles.
    cores : in order of their position.
    positions : cores that were scored.
    """

    panel: tuple[str, ...]
    cores: tuple[Core, ...]
    positions: int

    @property
    def foreign(self) -> tuple[Core, ...]:
        """Cores that stand in no human germline V gene or reference domain, most alleles first."""
        found = [core for core in self.cores if not core.human]
        return tuple(sorted(found, key=lambda core: (-len(core.alleles), core.start)))

    @property
    def load(self) -> float:
        """Foreign core-allele pairs for 100 scored cores and one allele.

        A random human-like sequence without any germline core has 100 x `TOP_SHARE`.
        """
        pairs = sum(len(core.alleles) for core in self.foreign)
        return 100.0 * pairs / (len(self.panel) * self.positions) if self.positions else 0.0

    def to_dict(self, *, shown: int = 10) -> dict[str, object]:
        """JSON-ready form with the foreign cores that most alleles take."""
        return {
            "panel": list(self.panel),
            "cores": len(self.cores),
            "foreign_cores": len(self.foreign),
            "load": self.load,
            "top": [
                {"start": c.start, "core": c.residues, "alleles": list(c.alleles)}
                for c in self.foreign[:shown]
            ],
        }


def mhc_ii_load(protein: str, *, panel: tuple[str, ...] = DRB1_PANEL) -> MhcLoad:
    """Cores of a protein that a panel of DRB1 alleles may present.

    Parameters
    ----------
    protein : residues.
    panel : alleles such as ``"DRB1*04:01"``.

    Raises
    ------
    InputError
        For an allele without a matrix.
    MissingExtraError
        When the extra `construct` is not installed.

    Examples
    --------
    >>> mhc_ii_load("GSGSGSGSGSGS").cores
    ()
    """
    codes = np.array([_INDEX[letter] for letter in protein], dtype=np.intp)
    positions = max(0, codes.size - CORE + 1)
    if positions == 0:
        return MhcLoad(panel=panel, cores=(), positions=0)
    windows = np.lib.stride_tricks.sliding_window_view(codes, CORE)
    hits = np.zeros((len(panel), positions), dtype=bool)
    for row, allele in enumerate(panel):
        matrix, limit = _matrix(allele)
        scores = matrix[np.arange(CORE), windows].sum(axis=1)
        hits[row] = scores >= limit
    human = _human_cores()
    cores = tuple(
        Core(
            start=int(at) + 1,
            residues=protein[at : at + CORE],
            alleles=tuple(panel[row] for row in np.flatnonzero(hits[:, at])),
            human=protein[at : at + CORE] in human,
        )
        for at in np.flatnonzero(hits.any(axis=0))
    )
    return MhcLoad(panel=panel, cores=cores, positions=positions)


def mhc_assumptions() -> tuple[Assumption, ...]:
    """What the load takes for granted.

    Examples
    --------
    >>> [a.value for a in mhc_assumptions()][1]
    5.0
    """
    return (
        Assumption(
            what="panel of DRB1 alleles",
            value=", ".join(DRB1_PANEL),
            why="one common allele of each of eight groups, without population weights",
            mark=Mark.OWN_VALUE,
        ),
        Assumption(
            what="share of random cores that count as presented",
            value=100 * TOP_SHARE,
            unit="%",
            why="sets the scale of the load; compare constructs, not absolute numbers",
            mark=Mark.OWN_VALUE,
        ),
    )


@cache
def _matrix(allele: str) -> tuple[NDArray[np.float64], float]:
    name = allele.replace("*", "_").replace(":", "")
    need("epytope", extra="construct", what="the MHC-II load")
    try:
        module = need(
            f"epytope.Data.pssms.tepitopepan.mat.{name}_{CORE}",
            extra="construct",
            what="the MHC-II load",
        )
    except Exception as error:
        raise InputError(
            Problem(
                what=f"there is no TEPITOPEpan matrix for {allele!r}",
                allowed="DRB1 alleles such as DRB1*04:01",
            )
        ) from error
    rows: dict[int, dict[str, float]] = getattr(module, f"{name}_{CORE}")
    matrix = np.full((CORE, len(AMINO_ACIDS)), 0.0)
    for position in range(CORE):
        for letter, score in rows[position].items():
            matrix[position, _INDEX[letter]] = max(score, _FORBIDDEN)
        if "C" not in rows[position]:
            # The matrices have no cysteine: it gets the lowest score of its position.
            matrix[position, _INDEX["C"]] = matrix[position].min()
    return matrix, _limit(matrix)


def _limit(matrix: NDArray[np.float64]) -> float:
    """Score that `TOP_SHARE` of random cores reach, by exact convolution over the positions."""
    weights = np.array([_BACKGROUND[letter] for letter in AMINO_ACIDS])
    weights = weights / weights.sum()
    law: dict[int, float] = {0: 1.0}
    for position in range(CORE):
        allowed = matrix[position] > _FORBIDDEN
        steps = np.rint(matrix[position, allowed] / _STEP).astype(int)
        after: dict[int, float] = {}
        for step, weight in zip(steps, weights[allowed], strict=True):
            for score, share in law.items():
                after[score + int(step)] = after.get(score + int(step), 0.0) + share * weight
        law = after
    tail = 0.0
    for score in sorted(law, reverse=True):
        tail += law[score]
        if tail >= TOP_SHARE:
            return (score - 0.5) * _STEP
    return float("-inf")


@cache
def _human_cores() -> frozenset[str]:
    texts = [*human_v_genes_whole()]
    texts += [d.sequence for d in domains() if d.source == "uniprot_human_2025"]
    return frozenset(text[i : i + CORE] for text in texts for i in range(len(text) - CORE + 1))
