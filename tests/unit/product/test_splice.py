"""Splice motifs: every site that is reported, and none that is not."""

from __future__ import annotations

import re

import numpy as np
import pytest

from leucel.product.splice import ACCEPTOR_LEAST, DONOR_LEAST, near_consensus, splice_sites

IUPAC = {"M": "[AC]", "R": "[AG]", "Y": "[CT]", "N": "[ACGT]"}


@pytest.mark.parametrize(
    ("dna", "found"),
    [
        # Donors: all nine letters, one other, and two others, which is no longer reported.
        ("TTCAGGTAAGTTT", [("donor", 9)]),
        ("TTCAGGTAAGATT", [("donor", 8)]),
        ("TTTAGGTAAGATT", []),
        # Without GT there is no donor, however much else agrees.
        ("TTCAGGAAAGTTT", []),
        ("GG" + "TCTCTCTCTCACAGG" + "GG", [("acceptor", 14)]),
        ("GG" + "TCTCTATCTCACAGG" + "GG", [("acceptor", 13)]),
        ("GG" + "TCTATATCTCACAGG" + "GG", []),
        ("GG" + "TCTCTCTCTCACATG" + "GG", []),
    ],
)
def test_agreement_with_the_consensus(dna: str, found: list[tuple[str, int]]) -> None:
    assert [(site.kind, site.agreeing) for site in splice_sites(dna)] == found


def test_patterns_cover_the_reported_sites_and_no_others() -> None:
    draw = np.random.default_rng(4)
    patterns = [
        re.compile("(?=" + "".join(IUPAC.get(x, x) for x in pattern) + ")")
        for pattern in near_consensus()
    ]
    for _ in range(30):
        # Rich in pyrimidines, so that both kinds occur.
        dna = "".join(draw.choice(list("ACGT"), p=[0.2, 0.3, 0.2, 0.3], size=3000))
        by_pattern = {m.start() + 1 for pattern in patterns for m in pattern.finditer(dna)}
        assert {site.start for site in splice_sites(dna)} == by_pattern
    assert (DONOR_LEAST, ACCEPTOR_LEAST) == (8, 13)


def test_scores_are_shares() -> None:
    site = splice_sites("TTCAGGTAAGATT")[0]
    assert site.score == 8 / 9
    assert site.motif == "CAGGTAAGA"
