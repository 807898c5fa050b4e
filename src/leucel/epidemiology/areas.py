"""Countries and blocks: ISO codes, names and members."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core import InputError, unknown_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A country or a block of countries.

    Attributes
    ----------
    code : ISO 3166 alpha-2 code, or EU, GCC, WLD.
    iso3 : ISO 3166 alpha-3 code, or the code that population and registry tables use.
    name : English short name.
    members : codes of the member states whose tables are added up; empty when the area has its own.
    """

    code: str
    iso3: str
    name: str
    members: tuple[str, ...] = ()


AREAS: tuple[Area, ...] = (
    Area(code="WLD", iso3="WLD", name="World"),
    Area(code="SA", iso3="SAU", name="Saudi Arabia"),
    Area(code="AE", iso3="ARE", name="United Arab Emirates"),
    Area(code="KW", iso3="KWT", name="Kuwait"),
    Area(code="BH", iso3="BHR", name="Bahrain"),
    Area(code="QA", iso3="QAT", name="Qatar"),
    Area(code="OM", iso3="OMN", name="Oman"),
    Area(
        code="GCC",
        iso3="GCC",
        name="Gulf Cooperation Council",
        members=("SA", "AE", "KW", "BH", "QA", "OM"),
    ),
    Area(code="CN", iso3="CHN", name="China"),
    Area(code="HK", iso3="HKG", name="Hong Kong"),
    Area(code="TW", iso3="TWN", name="Taiwan"),
    Area(code="SG", iso3="SGP", name="Singapore"),
    Area(code="KR", iso3="KOR", name="South Korea"),
    Area(code="JP", iso3="JPN", name="Japan"),
    Area(code="US", iso3="USA", name="United States"),
    Area(code="CA", iso3="CAN", name="Canada"),
    Area(code="EU", iso3="EU27", name="European Union"),
    Area(code="GB", iso3="GBR", name="United Kingdom"),
    Area(code="CH", iso3="CHE", name="Switzerland"),
    Area(code="AU", iso3="AUS", name="Australia"),
    Area(code="BR", iso3="BRA", name="Brazil"),
    Area(code="MX", iso3="MEX", name="Mexico"),
    Area(code="AR", iso3="ARG", name="Argentina"),
    Area(code="CO", iso3="COL", name="Colombia"),
    Area(code="RU", iso3="RUS", name="Russia"),
    Area(code="TR", iso3="TUR", name="Turkiye"),
    Area(code="IL", iso3="ISR", name="Israel"),
    Area(code="IN", iso3="IND", name="India"),
    Area(code="EG", iso3="EGY", name="Egypt"),
    Area(code="IR", iso3="IRN", name="Iran"),
    Area(code="IQ", iso3="IRQ", name="Iraq"),
    Area(code="JO", iso3="JOR", name="Jordan"),
    Area(code="LB", iso3="LBN", name="Lebanon"),
)
_ALIASES = {
    "UNITED STATES OF AMERICA": "US",
    "USA": "US",
    "UK": "GB",
    "UAE": "AE",
    "KSA": "SA",
    "SUM_EU27": "EU",
    "SUM_GCC": "GCC",
    "SUM_185": "WLD",
    "EU-27": "EU",
    "KOREA": "KR",
    "REPUBLIC OF KOREA": "KR",
    "TURKEY": "TR",
}
_INDEX = {key.upper(): area for area in AREAS for key in (area.code, area.iso3, area.name)}
_INDEX.update({alias: _INDEX[code] for alias, code in _ALIASES.items()})


def get_area(name: str) -> Area:
    """Area of an ISO code (alpha-2 or alpha-3), a block code or an English name.

    Parameters
    ----------
    name : for example "SA", "SAU", "Saudi Arabia", "EU", "GCC"; case does not matter.

    Raises
    ------
    InputError : the area is unknown; the message names the nearest ones.

    Examples
    --------
    >>> get_area("SAU").code, get_area("saudi arabia").code, get_area("UK").name
    ('SA', 'SA', 'United Kingdom')
    """
    found = find_area(name)
    if found is None:
        known = [area.code for area in AREAS] + [area.name for area in AREAS]
        raise InputError(unknown_name(name, known, noun="country or block"))
    return found


def find_area(name: str) -> Area | None:
    """The area, or None when the name is not among the known ones."""
    return _INDEX.get(name.strip().upper())
