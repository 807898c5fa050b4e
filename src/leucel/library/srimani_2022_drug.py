"""Gupta 2017: the kinetics of ixazomib that the model of Srimani 2022 is driven by."""

from __future__ import annotations

import math

from leucel.core import Evidence, Kind, Mark
from leucel.library.sources import GUPTA_2017
from leucel.library.values import Quotes
from leucel.model import Correlation

_g = Quotes(source=GUPTA_2017, place="Table 3", note="fixed in the fit; read through nlmixr2lib")
VALUES = (
    _g("k_absorption", 0.34, "1/h", "ka", "absorption"),
    _g("clearance", 1.86, "L/h", "CL", "clearance", omega=math.sqrt(0.17697),
       note="correlation with F 0.82"),
    _g("vol_central", 13.7, "L", "V2", "central volume"),
    _g("flow_second", 5.18, "L/h", "Q3", "exchange with the second compartment"),
    _g("vol_second", 309.0, "L", "V3", "volume of the second compartment"),
    _g("flow_third", 26.1, "L/h", "Q4", "exchange with the third compartment"),
    _g("vol_third", 205.0, "L", "V4", "volume of the third compartment",
       omega=math.sqrt(0.48492)),
    _g("n_vol_third", 2.06, "1", "V4[BSA]", "power of body surface on that volume"),
    _g("surface_reference", 1.87, "m^2", "BSA", "body surface of the typical patient"),
    _g("bioavailability", 0.58, "1", "F", "bioavailability", omega=math.sqrt(0.42726)),
)  # fmt: skip
_CORRELATION = 0.82
JOINED = Correlation(
    first="clearance",
    second="bioavailability",
    value=_CORRELATION,
    evidence=Evidence(
        value=_CORRELATION, unit="1", source=GUPTA_2017.id, place="Table 3", mark=Mark.SEEN,
        kind=Kind.REPORTED, note="covariance 0.2255 of the effects; read through nlmixr2lib",
    ),
)  # fmt: skip
