"""Estimation of parameters; today from aggregate published numbers, by simulation."""

from leucel.estimate.identifiability import Identifiability
from leucel.estimate.match import MatchedTarget, MatchOptions, MatchResult, match_targets
from leucel.estimate.scales import SearchParameter

__all__ = [
    "Identifiability",
    "MatchOptions",
    "MatchResult",
    "MatchedTarget",
    "SearchParameter",
    "match_targets",
]
