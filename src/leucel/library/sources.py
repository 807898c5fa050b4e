"""The documents that the models of the library are taken from."""

from __future__ import annotations

from leucel.core import Source

STEIN_2019 = Source(
    id="stein_2019",
    citation="Stein AM, Grupp SA, Levine JE, et al. Tisagenlecleucel Model-Based Cellular Kinetic"
    " Analysis of Chimeric Antigen Receptor-T Cells. CPT Pharmacometrics Syst Pharmacol"
    " 2019;8(5):285-295.",
    doi="10.1002/psp4.12388",
)
SINGH_2021 = Source(
    id="singh_2021",
    citation="Singh AP, Chen W, Zheng X, Mody H, Carpenter TJ, Zong A, Heald DL. Bench-to-bedside"
    " translation of chimeric antigen receptor (CAR) T cells using a multiscale systems"
    " pharmacokinetic-pharmacodynamic model: a case study with anti-BCMA CAR-T. CPT Pharmacometrics"
    " Syst Pharmacol 2021;10(4):362-376.",
    doi="10.1002/psp4.12598",
)
NLMIXR2LIB = Source(
    id="nlmixr2lib",
    citation="nlmixr2lib, model files and articles that re-implement published models, each value"
    " with its table in the paper.",
    url="https://github.com/nlmixr2/nlmixr2lib",
    kind="repository",
)
MSTADT_CART = Source(
    id="mstadt_cart",
    citation="mstadt/CART, a public replication of the model of Singh 2021.",
    url="https://github.com/mstadt/CART",
    kind="repository",
)
LEUCEL = Source(
    id="leucel",
    citation="leucel: a value or rule chosen, or a number computed, by this project.",
    kind="own",
)
ALL = (STEIN_2019, SINGH_2021, NLMIXR2LIB, MSTADT_CART, LEUCEL)
