"""What to draw of each model: which outputs, over which time, for which doses or inputs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One output of a picture.

    Attributes
    ----------
    log : True for a logarithmic axis, as the field draws cells, transgene and tumors.
    floor : where a logarithmic axis ends, in the unit of the output; None for the data's own end.
    limit : limit of quantification in the unit of the output, where the source gives one.
    """

    output: str
    log: bool = False
    floor: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One course of a picture: what differs from typical values and default choices.

    Attributes
    ----------
    dose : amount given at time 0; None when no dose is given.
    doses : pairs of time and amount of further doses.
    """

    label: str = ""
    dose: float | None = None
    doses: tuple[tuple[float, float], ...] = ()
    values: tuple[tuple[str, float], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What to draw of a model.

    Attributes
    ----------
    end : last time [time unit of the model]; without a time axis the last value of `sweep`.
    sweep : input on the horizontal axis of a model without time, with its first value.
    """

    end: float
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...] = (Line(),)
    sweep: tuple[str, float] | None = None


def _p(output: str, floor: float | None = None, limit: float | None = None) -> Panel:
    return Panel(output=output, log=True, floor=floor, limit=limit)


def _options(name: str, **labels: str) -> tuple[Line, ...]:
    return tuple(
        Line(label=label, choices=((name, option.removeprefix("_")),))
        for option, label in labels.items()
    )


_LEUKEMIA = (_p("car_t", 1e4), _p("leukemia_cells", 1e4), _p("b_cells", 1e4))
_TRANSGENE = (_p("transgene", 1.0),)
_CHAUDHURY = (_p("car_t", 1e-2), _p("tumor_cells", 1e-3))
_PICTURES = {
    "barros_2021_cartmath": Picture(
        end=300.0, panels=(_p("tumor_cells", 1.0), _p("effector_cells", 1.0), _p("memory_cells"))
    ),
    "brummer_2022_carrgo": Picture(
        end=5.0,
        panels=(Panel(output="cell_index"), Panel(output="t_cells")),
        lines=_options("t_cells", **{"_0": "none", "_0.05": "0.05", "_0.25": "0.25 T cells"}),
    ),
    "chaudhury_2020_ec50": Picture(end=60.0, panels=_CHAUDHURY),
    "chaudhury_2020_first_order": Picture(end=30.0, panels=_CHAUDHURY),
    "chaudhury_2020_lotka_volterra": Picture(end=30.0, panels=_CHAUDHURY),
    "gallaher_2018_myeloma": Picture(
        end=365.0,
        panels=(
            Panel(output="m_protein"),
            Panel(output="t_cells"),
            Panel(output="nk_cells"),
            Panel(output="treg_cells"),
        ),
    ),
    "hanson_2016_toxicity": Picture(
        end=400.0, panels=(Panel(output="inflammation_level"), Panel(output="leukemia_level"))
    ),
    "hardiansyah_2019_ctl019": Picture(
        end=60.0,
        panels=(_p("car_t", 1e4), _p("leukemia_cells", 1e6), _p("il6_serum"), _p("ifn_serum")),
        lines=(Line(label="UPN1", doses=((0.0, 1.1e8), (1.0, 3.3e8), (2.0, 6.6e8))),),
    ),
    "hibma_2026_crs": Picture(
        end=2000.0,
        panels=(Panel(output="crs_any"),),
        lines=(
            Line(label="low burden"),
            Line(label="high burden", values=(("high_burden", 1.0),)),
        ),
        sweep=("concentration", 20.0),
    ),
    "hibma_2026_s_bcma": Picture(
        end=60.0,
        panels=(_p("s_bcma"),),
        lines=(
            Line(label="production unchanged"),
            Line(label="production down to 10%", values=(("production_factor", 0.1),)),
        ),
    ),
    "hosseini_2020_mosunetuzumab": Picture(
        end=14.0,
        panels=(
            _p("il6_blood", 0.1),
            _p("b_relative", 1e-6),
            Panel(output="t_relative"),
            _p("drug_level", 0.1),
        ),
        lines=tuple(
            Line(label=f"{dose / 1e3:g}{words}", dose=dose)
            for dose, words in ((200.0, ""), (1000.0, ""), (2800.0, " mg"))
        ),
    ),
    "kimmel_2021_axicabtagene": Picture(
        end=180.0,
        panels=(_p("car_t", 1e-3), Panel(output="normal_t"), _p("tumor_cells", 0.1)),
        lines=_options("tumor_growth", slow="slow", medium="medium", fast="fast tumor"),
    ),
    "kirouac_2023_toggle": Picture(
        end=100.0,
        panels=(_p("car_t_blood", 1e-4), _p("tumor_relative", 1e-6)),
        lines=tuple(
            Line(
                label=label,
                dose=1e8,
                choices=(("archetype", option), ("capacity", "as_replicated")),
            )
            for option, label in (("cr", "complete"), ("pr", "partial"), ("nr", "no response"))
        ),
    ),
    "leon_triana_2020_immature": Picture(end=100.0, panels=_LEUKEMIA),
    "leon_triana_2020_leukemia": Picture(end=60.0, panels=_LEUKEMIA),
    "leon_triana_2021_one_target": Picture(end=400.0, panels=(_p("car_t"), _p("tumor_cells"))),
    "leon_triana_2021_two_targets": Picture(
        end=60.0, panels=(_p("car_t"), _p("tumor_cells"), _p("car_t_off"), _p("b_cells", 1e4))
    ),
    "li_2025_modakafusp": Picture(
        end=168.0,
        panels=(_p("m_protein", 0.05, limit=0.1),),
        lines=(
            Line(label="no drug"),
            Line(label="constant EC50", values=(("concentration", 447.0),)),
        ),
    ),
    "mueller_schoell_2021_axicabtagene": Picture(
        end=60.0, panels=(_p("car_t", 0.1), Panel(output="tumor_volume"))
    ),
    "ogasawara_2021_lisocabtagene": Picture(end=90.0, panels=(_p("transgene_relative", 1e-5),)),
    "poels_2025_biomarkers": Picture(
        end=180.0,
        panels=(_p("tumor_relative", 1e-3), Panel(output="m_protein"), Panel(output="s_bcma"),
                _p("il6")),
        lines=(Line(label="untreated"), Line(label="20 pM trimers", values=(("trimer", 20.0),))),
    ),
    "singh_2021_idecabtagene": Picture(
        end=120.0,
        panels=(_p("transgene", 1.0), Panel(output="m_protein_relative"), _p("s_bcma", 1e-2),
                _p("tumor_relative", 1e-8)),
        lines=tuple(
            Line(label=f"{dose / 1e6:g}{words}", dose=dose)
            for dose, words in ((50e6, ""), (150e6, ""), (450e6, " million cells"))
        ),
    ),
    "srimani_2022_ixazomib": Picture(
        end=730.0,
        panels=(Panel(output="m_protein"), Panel(output="progression_free"),
                Panel(output="on_study")),
        lines=(Line(label="placebo"), Line(label="3 ng/mL", values=(("concentration", 3.0),))),
    ),
    "stein_2019_tisagenlecleucel": Picture(end=120.0, panels=_TRANSGENE),
    "stein_2019_tisagenlecleucel_ode": Picture(end=120.0, panels=_TRANSGENE),
    "tsai_2022_pleural": Picture(
        end=20.0,
        panels=(_p("blood", 1.0), _p("pleura_cells", 1e3), _p("tumor_cells", 1e3)),
        lines=(Line(label="into a vein", dose=1e6),),
    ),
}  # fmt: skip


def picture_of(id: str) -> Picture:
    """What to draw of a model of the library.

    Examples
    --------
    >>> [panel.output for panel in picture_of("stein_2019_tisagenlecleucel").panels]
    ['transgene']
    """
    return _PICTURES[id]
