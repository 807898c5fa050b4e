"""Humanness of variable domains: the share of their 9-mers that human antibodies carry.

OASis (Prihoda et al. 2022) at the relaxed level: a 9-mer counts when at least 10% of the subjects
of the Observed Antibody Space have it. The 5.7 million peptides come with the library promb.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from leucel.product.extras import need

_PEPTIDE = 9


def oasis_relaxed(residues: str) -> float:
    """Share of the 9-mers of a variable domain found in at least 10% of human subjects, 0-1.

    The first call of a process loads the peptides (some seconds, about 0.8 GB of memory).

    Parameters
    ----------
    residues : one variable domain, from `find_variable_domains`.

    Raises
    ------
    MissingExtraError
        When the extra `humanness` is not installed.
    """
    human = _peptides()
    pieces = [residues[i : i + _PEPTIDE] for i in range(len(residues) - _PEPTIDE + 1)]
    return sum(piece in human for piece in pieces) / len(pieces) if pieces else float("nan")


def humanness_available() -> bool:
    """True when the extra `humanness` is installed."""
    from importlib.util import find_spec

    return find_spec("promb") is not None


@cache
def _peptides() -> frozenset[str]:
    need("promb.db", extra="humanness", what="OASis humanness")
    path = files("promb") / "resources" / "OASis_9mers_v1_10perc_subjects.txt.gz"
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="ascii") as lines:
        return frozenset(lines.read().split())
