"""What is not in the catalog, and why: models known without the numbers that a model needs."""

from __future__ import annotations

from dataclasses import dataclass

_NONE = "no parameter was available"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentModel:
    """A published model that is left out.

    Attributes
    ----------
    name : product or authors.
    citation : what is known of the publication; "" when nothing certain is.
    known : what is known of the model.
    missing : what would have to be found for it to enter the catalog.
    """

    name: str
    citation: str
    known: str
    missing: str


_ABSENT = (
    AbsentModel(
        name="idecabtagene vicleucel, population kinetics",
        citation="Clin Pharmacokinet 2025",
        known="a piecewise form with a lag, as in ogasawara_2021_lisocabtagene",
        missing=_NONE,
    ),
    AbsentModel(
        name="idecabtagene vicleucel, noncompartmental kinetics",
        citation="Wu F et al. J Clin Pharmacol 2025;65:1568-1576, doi:10.1002/jcph.70075",
        known="the citation",
        missing="the numbers",
    ),
    AbsentModel(
        name="ciltacabtagene autoleucel, population kinetics",
        citation="Wu LS et al. Clin Transl Sci 2022;15:3000-3011, doi:10.1111/cts.13421",
        known="noncompartmental results of 97 patients are known; the form of the model is not"
        " verified",
        missing=_NONE,
    ),
    AbsentModel(
        name="equecabtagene autoleucel (CT103A), population kinetics",
        citation="Mu W et al. Front Pharmacol 2022;13:803693",
        known="18 patients; extramedullary disease lowers the peak; clonal data",
        missing=_NONE,
    ),
    AbsentModel(
        name="relmacabtagene, orvacabtagene, brexucabtagene, axicabtagene, population kinetics",
        citation="",
        known="nothing but the products",
        missing=_NONE,
    ),
    AbsentModel(
        name="Liu C 2021, four phases of CAR-T kinetics",
        citation="Clin Pharmacol Ther 2021 (medRxiv 2020.05.09.20096586)",
        known="218 patients of seven trials; responders expand faster and further and contract more"
        " slowly; doses of 1e7 to 1e9 cells matter little",
        missing=_NONE,
    ),
    AbsentModel(
        name="Paixao 2022, distributed, effector, memory and exhausted cells",
        citation="Cancers 2022;14:5576",
        known="the form is not verified",
        missing=_NONE,
    ),
    AbsentModel(
        name="Santurio 2025, antigen-negative cells, macrophages and IL-6",
        citation="PLoS Comput Biol 2025, e1012908",
        known="25 patients; the abstract",
        missing=_NONE,
    ),
    AbsentModel(
        name="Salem 2023",
        citation="CPT Pharmacometrics Syst Pharmacol 2023, doi:10.1002/psp4.13009",
        known="the title or abstract",
        missing=_NONE,
    ),
    AbsentModel(
        name="Martinez-Rubio 2021; Serrano 2024; Owens and Bozic 2021; Adhikarla 2021; Liu L 2022",
        citation="",
        known="titles or abstracts",
        missing=_NONE,
    ),
    AbsentModel(
        name="Tserunyan and Finley 2022, signaling in a CAR-T cell",
        citation="",
        known="signaling only; a repository of the authors",
        missing="equations and values were not read",
    ),
    AbsentModel(
        name="Jonsson 2015 (carfilzomib, M-protein); Irurzun-Arana; isatuximab, M-protein",
        citation="",
        known="that they exist",
        missing=_NONE,
    ),
    AbsentModel(
        name="Teachey 2016, prediction of cytokine release; population models of TCR-T cells",
        citation="",
        known="that they exist",
        missing="the coefficients",
    ),
    AbsentModel(
        name="Hosseini 2020, tumor and doses under the skin",
        citation="npj Syst Biol Appl 2020, s41540-020-00145-7",
        known="a public translation of the code of the paper; hosseini_2020_mosunetuzumab has its"
        " T cells, B cells and IL-6",
        missing="a number printed by the paper to compare with; hardiansyah_2019_ctl019 has"
        " cytokines for CAR-T cells",
    ),
    AbsentModel(
        name="Singh 2021 in vitro and in mice; Singh 2020 in xenografts",
        citation="doi:10.1002/psp4.12598; mAbs 2020;12:1688616",
        known="parameters, of which the mouse set does not reproduce the contraction phase",
        missing="the mechanism of contraction in mice; the equations of 2020",
    ),
    AbsentModel(
        name="Tsai 2022, liver",
        citation="doi:10.1007/s10928-022-09818-8",
        known="a file of nlmixr2lib with 17 states",
        missing="values and checks were not read; tsai_2022_pleural has the pleural model",
    ),
    AbsentModel(
        name="Kimmel 2021, random end of the tumor",
        citation="doi:10.1098/rspb.2021.0229",
        known="births and deaths are simulated below 100 tumor cells, the threshold matters"
        " little; most cures fall between days 20 and 80, none known after day 140; progression,"
        " 1.2 of baseline, between days 200 and 500",
        missing="the split of the growth into births and deaths and the spread of the parameters"
        " (supplement, sections 5.2 to 5.4); kimmel_2021_axicabtagene and"
        " leucel.trials.tumor_fates take the fewest events, births at the growth rate",
    ),
    AbsentModel(
        name="Poels 2025, drug, binding and T cells",
        citation="doi:10.1038/s41540-025-00585-z",
        known="28 equations; poels_2025_biomarkers has the layer of myeloma and biomarkers",
        missing="nothing; left out because CAR-T cells take the place of the drug",
    ),
)


def absent_models() -> tuple[AbsentModel, ...]:
    """Published models that are not in the catalog, each with what is missing.

    Examples
    --------
    >>> [m.missing for m in absent_models() if m.name.startswith("Salem")]
    ['no parameter was available']
    """
    return _ABSENT
