"""Tables that a programme names: where they are, what they hold, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leucel.core import InputError, Place, Problem, StorageError, file_hash
from leucel.programme.regulation_checks import Places

if TYPE_CHECKING:
    from datetime import date

    from leucel.epidemiology import AgeTable, CountryTable, OwnData, Population, SurvivalPoints
    from leucel.programme.reader import Programme
    from leucel.programme.regulation import (
        AgeTableSection,
        CountryTableSection,
        PeopleTableSection,
        SurvivalTableSection,
    )
    from leucel.programme.schema import ProgrammeFile


def own_data(programme: Programme) -> OwnData:
    """Tables by age, populations and survival that the programme names."""
    from leucel.epidemiology import OwnData, get_area

    section, folder = programme.file.epidemiology, programme.folder
    return OwnData(
        ages={get_area(e.area).code: _age_table(e, folder) for e in section.age_tables},
        populations={get_area(e.area).code: _people(e, folder) for e in section.populations},
        survival={get_area(e.area).code: _survival(e, folder) for e in section.survival},
    )


def country_table(programme: Programme) -> CountryTable | None:
    """The country table that the programme names, or None."""
    entry = programme.file.epidemiology.country_table
    return _countries(entry, programme.folder) if entry is not None else None


def own_holidays(programme: Programme) -> dict[str, frozenset[date]]:
    """Days off by jurisdiction that the programme names."""
    from leucel.regulatory import read_holidays

    return {
        code: read_holidays(programme.folder / file)
        for code, file in programme.file.regulation.holidays.items()
    }


def table_hashes(file: ProgrammeFile, *, folder: Path) -> dict[str, str]:
    """Hashes of the files that a programme names, by their path in it."""
    return {name: file_hash(folder / name) for _, name, _ in _named(file, folder)}


def check_tables(file: ProgrammeFile, places: Places, *, folder: Path) -> list[Problem]:
    """Problems of the files that a programme names; those inside a file carry its own place."""
    problems: list[Problem] = []
    for path, name, read in _named(file, folder):
        try:
            read()
        except InputError as error:
            problems += [
                problem if problem.where else replace(problem, where=Place(file=name))
                for problem in error.problems
            ]
        except StorageError as error:
            problems.append(
                Problem(
                    what=f"a table of the programme cannot be read: {error}",
                    where=places.at(*path),
                    fix="paths are relative to the folder of the programme file",
                )
            )
    return problems


_Named = tuple[tuple[str | int, ...], str, Callable[[], Any]]


def _named(file: ProgrammeFile, folder: Path) -> Iterator[_Named]:
    """Every file that is named: where in the programme, its path, and how it is read."""
    section = file.epidemiology
    if section.country_table is not None:
        entry = section.country_table
        yield (
            ("epidemiology", "country_table", "file"),
            entry.file,
            lambda entry=entry: _countries(entry, folder),
        )
    for index, table in enumerate(section.age_tables):
        path = ("epidemiology", "age_tables", index, "file")
        yield path, table.file, lambda table=table: _age_table(table, folder)
    for index, people in enumerate(section.populations):
        path = ("epidemiology", "populations", index, "file")
        yield path, people.file, lambda people=people: _people(people, folder)
    for index, survival in enumerate(section.survival):
        path = ("epidemiology", "survival", index, "file")
        yield path, survival.file, lambda survival=survival: _survival(survival, folder)
    for code, name in file.regulation.holidays.items():
        yield ("regulation", "holidays", code), name, lambda name=name: _holidays(folder / name)


def _countries(entry: CountryTableSection, folder: Path) -> CountryTable:
    from leucel.epidemiology import read_country_table

    return read_country_table(
        folder / entry.file, year=str(entry.year), source=entry.source, columns=entry.columns
    )


def _age_table(entry: AgeTableSection, folder: Path) -> AgeTable:
    from leucel.epidemiology import read_age_table

    return read_age_table(folder / entry.file, columns=entry.columns, source=entry.source)


def _people(entry: PeopleTableSection, folder: Path) -> Population:
    from leucel.epidemiology import read_population

    return read_population(
        folder / entry.file,
        entry.area,
        year=entry.year,
        columns=entry.columns,
        thousands=entry.thousands,
    )


def _survival(entry: SurvivalTableSection, folder: Path) -> SurvivalPoints:
    from leucel.epidemiology import SurvivalBasis, read_survival

    return read_survival(
        folder / entry.file,
        basis=SurvivalBasis(entry.basis),
        columns=entry.columns,
        percent=entry.percent,
        source=entry.source,
    )


def _holidays(path: Path) -> frozenset[date]:
    from leucel.regulatory import read_holidays

    return read_holidays(path)
