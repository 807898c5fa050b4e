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


def _paper(id_: str, citation: str, doi: str) -> Source:
    return Source(id=id_, citation=citation, doi=doi)


def _biomodel(number: str, paper: str) -> Source:
    return Source(
        id=number.lower(),
        citation=f"{number} of BioModels, the SBML file of {paper}.",
        url=f"https://www.ebi.ac.uk/biomodels/{number}",
        kind="repository",
    )


OGASAWARA_2021 = _paper(
    "ogasawara_2021",
    "Ogasawara K, et al. Clin Pharmacokinet 2021 (cellular kinetics of lisocabtagene maraleucel).",
    "10.1007/s40262-021-01039-5",
)
SRIMANI_2022 = _paper(
    "srimani_2022",
    "Srimani JK, Diderichsen PM, Hanley MJ, Venkatakrishnan K, Labotka R, Gupta N. Population"
    " pharmacokinetic/pharmacodynamic joint modeling of ixazomib efficacy and safety using data"
    " from the pivotal phase III TOURMALINE-MM1 study in multiple myeloma patients. CPT"
    " Pharmacometrics Syst Pharmacol 2022;11(8):1085-1099.",
    "10.1002/psp4.12815",
)
GUPTA_2017 = _paper(
    "gupta_2017",
    "Gupta N, Diderichsen PM, Hanley MJ, et al. Clin Pharmacokinet 2017;56(11):1355-1368"
    " (population pharmacokinetics of ixazomib).",
    "10.1007/s40262-017-0526-4",
)
LI_2025 = _paper(
    "li_2025",
    "Li C, Santulli A, Van Wart S, et al., Gupta N. Clin Transl Sci 2025;18(7):e70296 (serum"
    " M-protein under modakafusp alfa).",
    "10.1111/cts.70296",
)
MUELLER_SCHOELL_2021 = _paper(
    "mueller_schoell_2021",
    "Mueller-Schoell A, Puebla-Osorio N, Michelet R, et al., Kloft C. Cancers 2021;13(11):2782"
    " (phenotypes of axicabtagene ciloleucel and metabolic tumor volume).",
    "10.3390/cancers13112782",
)
HARDIANSYAH_2019 = _paper(
    "hardiansyah_2019",
    "Hardiansyah D, Ng CM. Clin Transl Sci 2019;12(4):343-349 (systems pharmacology of CD19 CAR-T"
    " cells with cytokines).",
    "10.1111/cts.12636",
)
KIMMEL_2021 = _paper(
    "kimmel_2021",
    "Kimmel GJ, Locke FL, Altrock PM. Proc R Soc B 2021;288:20210229 (T-cell competition and"
    " stochastic extinction in CAR-T therapy).",
    "10.1098/rspb.2021.0229",
)
BIOMODEL_1041 = _biomodel("BIOMD0000001041", "Kimmel 2021")
CHAUDHURY_2020 = _paper(
    "chaudhury_2020",
    "Chaudhury A, Zhu X, Chu L, Goliaei A, June CH, Kearns JD, Stein AM. J Clin Pharmacol"
    " 2020;60(S1) (review of CAR-T models with worked examples).",
    "10.1002/jcph.1691",
)
BIOMODEL_1024 = _biomodel("BIOMD0000001024", "Chaudhury 2020, equations 4-5")
BIOMODEL_1025 = _biomodel("BIOMD0000001025", "Chaudhury 2020, equations 7-9")
BIOMODEL_UNCURATED = _biomodel("MODEL2109110005", "Chaudhury 2020, equations S1-S3, not curated")
LEON_TRIANA_2020 = _paper(
    "leon_triana_2020",
    "Leon-Triana O, et al. Commun Nonlinear Sci Numer Simul 2020:105570 (CAR-T cells in B-cell"
    " leukemia).",
    "10.1016/j.cnsns.2020.105570",
)
BIOMODEL_1011 = _biomodel("BIOMD0000001011", "Leon-Triana 2020")
BIOMODEL_1012 = _biomodel("BIOMD0000001012", "Leon-Triana 2020, with immature B cells")
LEON_TRIANA_2021 = _paper(
    "leon_triana_2021",
    "Leon-Triana O, et al. Cancers 2021;13:703 (dual-target CAR-T cells in solid tumors).",
    "10.3390/cancers13040703",
)
BIOMODEL_1013 = _biomodel("BIOMD0000001013", "Leon-Triana 2021, one target")
BIOMODEL_1014 = _biomodel("BIOMD0000001014", "Leon-Triana 2021, two targets")
SAHOO_2020 = _paper(
    "sahoo_2020",
    "Sahoo P, et al. J R Soc Interface 2020 (CARRGO, CAR-T cells and glioma in vitro).",
    "10.1098/rsif.2019.0734",
)
CARRGODEX = Source(
    id="carrgodex",
    citation="alexbbrummer/CARRGODEX, data, fits and notebooks of Brummer AB, et al., CAR T cells"
    " in the presence of dexamethasone, PLoS Comput Biol 2022.",
    url="https://github.com/alexbbrummer/CARRGODEX",
    kind="repository",
)
KIROUAC_2023 = _paper(
    "kirouac_2023",
    "Kirouac DC, Zmurchok C, Deyati A, Sicherman J, Bond C, Zandstra PW. Nat Biotechnol"
    " 2023;41:1606-1617 (antigen-gated memory, effector and exhausted CAR-T cells).",
    "10.1038/s41587-023-01687-x",
)
MSTADT_CART2 = Source(
    id="mstadt_cart2",
    citation="mstadt/CART2, a public replication of the model of Kirouac 2023 with 36 vectors of"
    " parameters.",
    url="https://github.com/mstadt/CART2",
    kind="repository",
)
BARROS_2021 = _paper(
    "barros_2021",
    "Barros LRC, et al. Cancers 2021;13:2941 (CARTmath, CAR-T cells in xenografts).",
    "10.3390/cancers13122941",
)
BIOMODEL_1019 = _biomodel("BIOMD0000001019", "Barros 2021, HDLM-2")
BIOMODEL_1020 = _biomodel("BIOMD0000001020", "Barros 2021, Raji")
BIOMODEL_743 = _biomodel(
    "BIOMD0000000743",
    "Gallaher J, Larripa K, Renardy M, et al., Moore H. J Theor Biol 2018;458:31-46",
)
BIOMODEL_837 = _biomodel("BIOMD0000000837", "Hanson S, et al. 2016, toxicity of CAR-T cells")
BIOSIMULANT = Source(
    id="biosimulant_oncology",
    citation="Biosimulant/models-oncology, curated SBML files of BioModels run in Tellurium by"
    " others, with the numbers that the runs end on.",
    url="https://github.com/Biosimulant/models-oncology",
    kind="repository",
)
TSAI_2022 = _paper(
    "tsai_2022",
    "Tsai CH, Singh AP, Xia CQ, Wang H. J Pharmacokinet Pharmacodyn 2022;49(5):525-538 (minimal"
    " physiologically based model of locally delivered CAR-T cells in mice).",
    "10.1007/s10928-022-09818-8",
)
HOSSEINI_2020 = _paper(
    "hosseini_2020",
    "Hosseini I, et al. npj Syst Biol Appl 2020 (cytokine release under the T-cell engager"
    " mosunetuzumab).",
    "10.1038/s41540-020-00145-7",
)
HOSSEINI_JULIA = Source(
    id="hosseini_julia",
    citation="yuezheli/hosseini-2020, a public translation of the code of Hosseini 2020 into Julia,"
    " with cynomolgus and human values.",
    url="https://github.com/yuezheli/hosseini-2020",
    kind="repository",
)
HIBMA_2026 = _paper(
    "hibma_2026",
    "Hibma JE, Irby D, Liu A, et al. Clin Pharmacokinet 2026;65:1173-1192 (elranatamab, soluble"
    " BCMA and cytokine release).",
    "10.1007/s40262-026-01663-z",
)
POELS_2025 = _paper(
    "poels_2025",
    "Poels KE, Elmeliegy M, Hibma J, Wang D, Musante CJ, Shtylla B. npj Syst Biol Appl 2025;11:102"
    " (systems pharmacology of elranatamab).",
    "10.1038/s41540-025-00585-z",
)
LEUCEL = Source(
    id="leucel",
    citation="leucel: a value or rule chosen, or a number computed, by this project.",
    kind="own",
)
ALL = tuple(item for item in list(globals().values()) if isinstance(item, Source))
