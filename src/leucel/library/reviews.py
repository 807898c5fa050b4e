"""Second readings: which model was written twice, where, and which tests compare what."""

from __future__ import annotations

from leucel.library.cards import Comparison, Review

_TESTS = "tests/reference/test_second_reading"
_READER = (
    "a second reader, from the published equations alone, without having seen the first"
    " implementation"
)


def _review(
    reading: str,
    file: str,
    *,
    rates: str = "",
    courses: str = "",
    closed: str = "",
    after: str = "",
) -> Review:
    rows = (
        ("right-hand sides at random states", rates, 1e-10),
        ("courses", courses, 1e-6),
        ("closed form", closed, 1e-12),
    )
    return Review(
        reading=f"src/leucel/library/review/{reading}.py",
        reader=_READER + after,
        comparisons=tuple(
            Comparison(what=what, test=f"{_TESTS}{file}.py::{test}", tolerance=tolerance)
            for what, test, tolerance in rows
            if test
        ),
    )


_RATES, _COURSES = "test_same_equations", "test_same_course"
_CHAUDHURY = _review(
    "chaudhury_2020", "_fixtures", rates=_RATES, courses="test_chaudhury_takes_the_same_course"
)


def _fixture(reading: str) -> Review:
    return _review(reading, "_fixtures", rates=_RATES, courses=_COURSES)


def _kinetic(reading: str, author: str) -> Review:
    return _review(
        reading, "_kinetics", rates=_RATES, courses=f"test_{author}_takes_the_same_course"
    )


REVIEWS: dict[str, Review] = {
    "barros_2021_cartmath": _review(
        "barros_2021", "_fixtures", rates=_RATES, courses="test_barros_takes_the_same_course"
    ),
    "brummer_2022_carrgo": _fixture("brummer_2022"),
    "chaudhury_2020_ec50": _CHAUDHURY,
    "chaudhury_2020_first_order": _CHAUDHURY,
    "chaudhury_2020_lotka_volterra": _fixture("chaudhury_2020"),
    "gallaher_2018_myeloma": _fixture("gallaher_2018"),
    "hanson_2016_toxicity": _fixture("hanson_2016"),
    "hardiansyah_2019_ctl019": _kinetic("hardiansyah_2019", "hardiansyah"),
    "hibma_2026_crs": _review(
        "hibma_2026",
        "_myeloma",
        closed="test_hibma_has_the_same_probability_of_cytokine_release",
    ),
    "hibma_2026_s_bcma": _review(
        "hibma_2026",
        "_myeloma",
        rates=_RATES,
        courses="test_hibma_takes_the_same_course",
        closed="test_hibma_binds_the_drug_alike",
    ),
    "kimmel_2021_axicabtagene": _kinetic("kimmel_2021", "kimmel"),
    "kirouac_2023_toggle": _kinetic("kirouac_2023", "kirouac"),
    "leon_triana_2020_immature": _fixture("leon_triana_2020"),
    "leon_triana_2020_leukemia": _fixture("leon_triana_2020"),
    "leon_triana_2021_one_target": _fixture("leon_triana_2021"),
    "leon_triana_2021_two_targets": _fixture("leon_triana_2021"),
    "li_2025_modakafusp": _review(
        "li_2025",
        "_myeloma",
        rates=_RATES,
        courses="test_li_takes_the_same_course",
        closed="test_li_has_the_same_closed_form",
    ),
    "mueller_schoell_2021_axicabtagene": _kinetic("mueller_schoell_2021", "mueller_schoell"),
    "ogasawara_2021_lisocabtagene": _review(
        "ogasawara_2021",
        "_kinetics",
        courses="test_ogasawara_equations_take_the_course_of_the_closed_form",
        closed="test_ogasawara_has_the_same_closed_form",
    ),
    "poels_2025_biomarkers": _review(
        "poels_2025",
        "_tissues",
        rates=_RATES,
        courses="test_poels_takes_the_same_course",
        after="; three points of its cytokine were settled by the supplement afterwards (equations"
        " 7 and 36, level at the start)",
    ),
    "singh_2021_idecabtagene": _review(
        "singh_2021",
        "",
        rates="test_singh_has_the_same_equations",
        courses="test_singh_takes_the_same_course",
    ),
    "srimani_2022_ixazomib": _review(
        "srimani_2022", "_myeloma", rates=_RATES, courses="test_srimani_takes_the_same_course"
    ),
    "stein_2019_tisagenlecleucel": _review(
        "stein_2019",
        "",
        courses="test_stein_takes_the_same_course",
        closed="test_stein_has_the_same_closed_form",
    ),
    "stein_2019_tisagenlecleucel_ode": _review(
        "stein_2019",
        "",
        rates="test_stein_has_the_same_equations",
        courses="test_stein_takes_the_same_course",
    ),
    "tsai_2022_pleural": _review(
        "tsai_2022", "_tissues", rates=_RATES, courses="test_tsai_takes_the_same_course"
    ),
}
