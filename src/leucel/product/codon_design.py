"""A coding sequence for a protein: codon use under the constraints of synthesis and packaging.

DNA Chisel solves for a sequence that keeps the translation and meets every constraint, then matches
the codon use of the species as far as the constraints allow.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from leucel.core import InputError, Problem
from leucel.product.checks import Finding, Verdict
from leucel.product.dna import GENETIC_CODE, find_coding_sequence
from leucel.product.dna_checks import (
    DNA_RULES,
    POLY_A_SIGNAL,
    RESTRICTION_SITES,
    SPLICE_DONORS,
    DnaRules,
    check_dna,
    codon_adaptation,
    gc_share,
    require_species,
)
from leucel.product.extras import need
from leucel.product.splice import near_consensus

_LAST_SEED = 2**32 - 1

STOP = "TAA"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingDesign:
    """A designed coding sequence.

    Attributes
    ----------
    dna : from ATG to the stop codon.
    protein : what it translates to.
    gc : share of G and C, 0-1.
    adaptation : codon adaptation index in the table of the species, 0-1.
    findings : the checks of `check_dna` on it.
    species, seed : what it was designed for and with.
    """

    dna: str
    protein: str
    gc: float
    adaptation: float
    findings: tuple[Finding, ...]
    species: str
    seed: int

    @property
    def clean(self) -> bool:
        """True when every check passes."""
        return all(finding.verdict is Verdict.OK for finding in self.findings)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form."""
        return {
            "dna": self.dna,
            "nucleotides": len(self.dna),
            "gc": self.gc,
            "codon_adaptation": self.adaptation,
            "species": self.species,
            "seed": self.seed,
            "clean": self.clean,
            "checks": [finding.to_dict() for finding in self.findings],
        }


def design_coding_sequence(
    protein: str, *, rules: DnaRules = DNA_RULES, species: str = "h_sapiens", seed: int = 1
) -> CodingDesign:
    """Design a coding sequence for a protein, with a stop codon.

    Parameters
    ----------
    protein : residues, starting with methionine when it is to be translated as it stands.
    rules : limits on GC, runs and repeats.
    species : codon table of `python_codon_tables`.
    seed : of the search, 0 to 4,294,967,295; the same seed gives the same sequence.

    Raises
    ------
    InputError
        For an unknown codon table or a seed out of range, and when no sequence meets all
        constraints; the message holds the solver's reason.
    MissingExtraError
        When the extra `construct` is not installed.
    """
    chisel = need("dnachisel", extra="construct", what="codon design")
    require_species(species)
    if not 0 <= seed <= _LAST_SEED:
        raise InputError(
            Problem(
                what="the seed is out of range", received=str(seed), allowed=f"0 to {_LAST_SEED:,}"
            )
        )
    start = _back_translate(protein) + STOP
    both_strands = [chisel.AvoidPattern(f"{enzyme}_site") for enzyme in RESTRICTION_SITES]
    sense = [
        chisel.AvoidPattern(
            motif, strand="from_location", location=chisel.Location(0, len(start), 1)
        )
        for motif in (
            POLY_A_SIGNAL,
            *SPLICE_DONORS,
            *near_consensus(),
            "A" * (rules.longest_a_or_t + 1),
            "T" * (rules.longest_a_or_t + 1),
        )
    ]
    constraints = [
        chisel.EnforceTranslation(),
        *both_strands,
        *sense,
        chisel.UniquifyAllKmers(rules.repeat, include_reverse_complement=True),
    ]
    if len(start) >= rules.gc_window:
        constraints.append(
            chisel.EnforceGCContent(mini=rules.gc_low, maxi=rules.gc_high, window=rules.gc_window)
        )
    with _seeded(seed):
        problem = chisel.DnaOptimizationProblem(
            start,
            constraints=constraints,
            objectives=[chisel.CodonOptimize(species=species)],
            logger=None,
        )
        try:
            problem.resolve_constraints()
            problem.optimize()
        except chisel.NoSolutionError as error:
            raise InputError(
                Problem(
                    what="no coding sequence meets all constraints",
                    received=str(error).splitlines()[0],
                    fix="widen the limits on GC or repeats, or use another linker",
                )
            ) from error
    dna = str(problem.sequence)
    return CodingDesign(
        dna=dna,
        protein=protein,
        gc=gc_share(dna),
        adaptation=codon_adaptation(dna, species=species),
        findings=check_dna(find_coding_sequence(dna), stated_protein=protein, rules=rules),
        species=species,
        seed=seed,
    )


def _back_translate(protein: str) -> str:
    first: dict[str, str] = {}
    for codon, letter in GENETIC_CODE.items():
        # Codons ending in C are common in human genes and give the search a start near its goal.
        if letter not in first or codon.endswith("C"):
            first[letter] = codon
    return "".join(first[letter] for letter in protein)


@contextlib.contextmanager
def _seeded(seed: int) -> Generator[None]:
    # DNA Chisel draws from NumPy's global generator: it is set for the search and put back.
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
