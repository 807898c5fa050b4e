"""Checking many constructs, one after another."""

from __future__ import annotations

import importlib.util
import random
import time
from pathlib import Path

from leucel.product import get_domain, humanness_available, inspect_construct, read_construct

TITLE = "Constructs"
CONSTRUCTS = 1000
BAR_SECONDS = 60.0
PARTS = ("CD8A_hinge", "CD8A_TM", "4-1BB", "CD247_CD3zeta_CAR_dQ101")
CHANGES = 6
FRAMEWORK = (
    "EVQLVESGGGLVQPGGSLRLSCAASGFTFSSYAMSWVRQAPGKGLEWVSAISGSGGSTYYADSVKGRFTISRDNSKNTLYLQMNSLRAEDTAVYYC"
    "AKDYWGQGTLVTVSSGGGGSGGGGSGGGGSDIQMTQSPSSLSASVGDRVTITCRASQSISSYLNWYQQKPGKAPKLLIYAASSLQSGVPSRFSGSG"
    "SGTDFTLTISSLQPEDFATYYCQQSYSTPLTFGGGTKVEIK"
)
Row = dict[str, str]


def measure(quick: bool, figures: Path) -> list[Row]:
    """Inspection of receptors whose binders differ by random changes, all checks installed."""
    count = 10 if quick else CONSTRUCTS
    tail = "".join(get_domain(part).sequence for part in PARTS)
    leader = get_domain("CD8A_signal_peptide").sequence
    draw = random.Random(1)
    proteins: list[str] = []
    for _ in range(count):
        binder = list(FRAMEWORK)
        for _ in range(CHANGES):
            binder[draw.randrange(len(binder))] = draw.choice("ADEFGHIKLNPQRSTVWY")
        proteins.append(leader + "".join(binder) + tail)
    human = humanness_available()
    start = time.perf_counter()
    for protein in proteins:
        inspect_construct(read_construct(protein, form="fasta"), humanness=human)
    seconds = time.perf_counter() - start
    mhc = importlib.util.find_spec("epytope") is not None
    checks = [name for name, there in (("MHC-II", mhc), ("humanness", human)) if there]
    return [
        {
            "work": f"check of {count:,} receptors that differ in {CHANGES} residues",
            "ours": f"{seconds:.1f} s",
            "bar": f"{BAR_SECONDS:g} s",
            "conditions": f"1 process; with {' and '.join(checks) or 'no optional check'}",
        }
    ]
