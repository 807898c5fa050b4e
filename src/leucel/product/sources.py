"""The bibliography of the product room: every document its numbers and sequences come from."""

from __future__ import annotations

from leucel.core import Source

_SOURCES = (
    Source(
        id="mount_1982",
        citation="Mount SM. A catalogue of splice junction sequences. Nucleic Acids Res "
        "1982;10(2):459-472 (abstract)",
        doi="10.1093/nar/10.2.459",
    ),
    Source(
        id="gao_2013",
        citation="Gao SH et al. Monoclonal antibody humanness score and its applications. BMC "
        "Biotechnol 2013;13:55",
        doi="10.1186/1472-6750-13-55",
    ),
    Source(
        id="kyte_doolittle_1982",
        citation="Kyte J, Doolittle RF. J Mol Biol 1982;157:105-132, as carried by Biopython",
        doi="10.1016/0022-2836(82)90515-0",
    ),
    Source(
        id="uniprot_human_2025",
        citation="UniProtKB/Swiss-Prot, human reference proteome UP000005640, release of "
        "21 April 2025 (as carried by the Python package promb 1.0.2)",
        url="https://www.uniprot.org/proteomes/UP000005640",
        kind="database",
    ),
    Source(
        id="us11026975b2",
        citation="US patent 11026975 B2 (Innovent Biologics; Nanjing IASO Biotherapeutics), "
        "claims; application US 2020/0376030 A1, PCT/CN2019/074212",
        url="https://patents.google.com/patent/US11026975B2/en",
        kind="patent",
    ),
    Source(
        id="us9499629b2",
        citation="US patent 9499629 B2, SEQ ID NO 8 and 12: the receptor of tisagenlecleucel",
        url="https://patents.google.com/patent/US9499629B2/en",
        kind="patent",
    ),
    Source(
        id="wo2021091978a1",
        citation="Patent application WO 2021/091978 A1, SEQ ID NO 9 and 10: the receptor of "
        "idecabtagene vicleucel",
        url="https://patents.google.com/patent/WO2021091978A1/en",
        kind="patent",
    ),
    Source(
        id="us20230270786a1",
        citation="Patent application US 2023/0270786 A1, SEQ ID NO 17: the receptor of "
        "ciltacabtagene autoleucel",
        url="https://patents.google.com/patent/US20230270786A1/en",
        kind="patent",
    ),
    Source(
        id="genbank_mn698642",
        citation="GenBank MN698642.1: the receptor Hu19-CD828Z",
        url="https://www.ncbi.nlm.nih.gov/nuccore/MN698642.1",
        kind="database",
    ),
    Source(
        id="gsrs_liso_cel",
        citation="FDA Global Substance Registration System, UNII E18VZQ3GB1: "
        "lisocabtagene maraleucel",
        url="https://gsrs.ncats.nih.gov/ginas/app/ui/substances/E18VZQ3GB1",
        kind="registry",
    ),
    Source(
        id="gsrs_obe_cel",
        citation="FDA Global Substance Registration System, UNII Y96BQ8R24J: "
        "obecabtagene autoleucel",
        url="https://gsrs.ncats.nih.gov/ginas/app/ui/substances/Y96BQ8R24J",
        kind="registry",
    ),
    Source(
        id="public_repositories",
        citation="Occurs identically in several public sequence repositories; no primary entry "
        "was established",
        kind="database",
    ),
    Source(
        id="majzner_2020",
        citation="Majzner RG et al. Tuning the antigen density requirement for CAR T-cell "
        "activity. Cancer Discov 2020;10:702",
        kind="paper",
    ),
    Source(
        id="ari_0001",
        citation="Development of the CD19 CAR product ARI-0001: lots and release specification, "
        "PMC6319086, Table 2",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6319086/",
    ),
    Source(
        id="pmc11461191",
        citation="Anti-CD20 CAR-T product with European Pharmacopoeia methods: release "
        "specification, PMC11461191, Table 1",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC11461191/",
    ),
    Source(
        id="ciltacel_manufacture_2025",
        citation="Manufacture of ciltacabtagene autoleucel from 212 aphereses: failures and lots "
        "out of specification. Blood 2025;146(Suppl 1):405",
        kind="abstract",
    ),
    Source(
        id="ciltacel_soc_2025",
        citation="Standard-of-care ciltacabtagene autoleucel at 16 US centers. Blood 2025;145:85",
    ),
    Source(
        id="pmc8427697",
        citation="Review of trial manufacturing failures of CAR-T products, PMC8427697, Table 2",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8427697/",
    ),
    Source(
        id="cartitude_4_review",
        citation="Review of CAR-T trials in myeloma. Transplant Cell Ther 2024;30(1):17-37, "
        "Table 3",
        doi="10.1016/j.jtct.2023.10.022",
    ),
    Source(
        id="uk_pediatric_tisacel_2024",
        citation="Pediatric tisagenlecleucel in the United Kingdom. Blood Cancer J 2024",
        doi="10.1038/s41408-024-01038-2",
    ),
    Source(
        id="center_timeline_2025",
        citation="Timeline of CAR-T treatment at one center, n = 34. Blood 2025;146(Suppl 1):7944",
        kind="abstract",
    ),
    Source(
        id="iupac_masses",
        citation="Average residue masses: sums of the IUPAC standard atomic weights "
        "(C 12.011, H 1.008, N 14.007, O 15.999, S 32.06)",
        url="https://iupac.qmul.ac.uk/AtWt/",
        kind="standard",
    ),
    Source(
        id="oasis_2022",
        citation="Prihoda D et al. BioPhi: a platform for antibody design, humanization, and "
        "humanness evaluation (OASis), PMC8837241; peptides as carried by the Python package promb",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8837241/",
    ),
    Source(
        id="tepitopepan_2012",
        citation="Zhang L et al. TEPITOPEpan: extending TEPITOPE for peptide binding prediction "
        "covering over 700 HLA-DR molecules. PLoS ONE 2012;7(2):e30483; matrices as carried by the "
        "Python package epytope",
        doi="10.1371/journal.pone.0030483",
    ),
    Source(
        id="tap_2024",
        citation="Raybould MIJ et al. Therapeutic Antibody Profiler, guidelines of 2024. "
        "Commun Biol 2024;7:62, values as quoted in a public re-implementation",
    ),
    Source(
        id="lap_2024",
        citation="Liability Antibody Profiler. PLoS Comput Biol 2024, e1011881",
        doi="10.1371/journal.pcbi.1011881",
    ),
    Source(
        id="pmc6524611",
        citation="Charge of the complementarity-determining regions and polyspecificity in more "
        "than 100 clinical antibodies, PMC6524611",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6524611/",
    ),
    Source(
        id="signagen_polya",
        citation="SignaGen Laboratories, lentiviral vectors: premature polyadenylation signals in "
        "an insert lower the titer",
        kind="manufacturer",
    ),
    Source(
        id="lentivirus_payload_faq",
        citation="Tailored Genes, frequently asked questions on lentiviral vectors: practical "
        "sizes between the LTRs and of the insert",
        kind="manufacturer",
    ),
    Source(
        id="kumar_2001",
        citation="Kumar M et al. Systematic determination of the packaging limit of lentiviral "
        "vectors. Hum Gene Ther 2001;12:1893",
    ),
    Source(
        id="pmc12456031",
        citation="Release specification of a humanized CD19 CAR-T product made in India, "
        "PMC12456031, Table 2",
        url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12456031/",
    ),
    Source(
        id="prodigy_2018",
        citation="CAR-T cells made in the CliniMACS Prodigy: enrichment, transduction, expansion. "
        "Cytotherapy 2018;20:394",
    ),
    Source(
        id="uk_panel_failures",
        citation="National CAR-T panel of the United Kingdom: manufacturing failures and second "
        "attempts, abstract, Cambridge repository",
        kind="abstract",
    ),
)


def sources() -> dict[str, Source]:
    """Every source of this room by its id.

    Examples
    --------
    >>> sources()["cartitude_4_review"].doi
    '10.1016/j.jtct.2023.10.022'
    """
    return {source.id: source for source in _SOURCES}
