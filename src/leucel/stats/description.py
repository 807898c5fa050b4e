"""Distributions written as plain data, as they stand in a programme file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from leucel.core import InputError, Place, Problem, unknown_name
from leucel.stats.continuous import Constant, LogNormal, Normal, TruncatedNormal, Uniform
from leucel.stats.discrete import Bernoulli, Categorical, ShiftedGeometric
from leucel.stats.distribution import Distribution
from leucel.stats.summaries import (
    lognormal_from_mean_sd,
    lognormal_from_median_cv,
    lognormal_from_median_quartiles,
    lognormal_from_median_range,
    shifted_geometric_from_median,
    truncated_normal_from_median_range,
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One way of writing a distribution: the keys it needs, those it may have, its maker."""

    make: Callable[..., Distribution]
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


def _categorical(probabilities: Mapping[str, float]) -> Categorical:
    return Categorical(probabilities=tuple(probabilities.items()))


_FORMS: dict[str, tuple[_Form, ...]] = {
    "constant": (_Form(Constant, ("value",)),),
    "uniform": (_Form(Uniform, ("low", "high")),),
    "normal": (_Form(Normal, ("mean", "sd")),),
    "truncated_normal": (
        _Form(TruncatedNormal, ("center", "sd", "low", "high")),
        _Form(truncated_normal_from_median_range, ("median", "low", "high", "n")),
    ),
    "lognormal": (
        _Form(LogNormal, ("median", "sigma")),
        _Form(lognormal_from_mean_sd, ("mean", "sd")),
        _Form(lognormal_from_median_cv, ("median", "cv")),
        _Form(lognormal_from_median_range, ("median", "low", "high", "n")),
        _Form(lognormal_from_median_quartiles, ("median", "lower", "upper")),
    ),
    "bernoulli": (_Form(Bernoulli, ("probability",)),),
    "categorical": (_Form(_categorical, ("probabilities",)),),
    "shifted_geometric": (
        _Form(ShiftedGeometric, ("minimum", "probability"), ("maximum",)),
        _Form(shifted_geometric_from_median, ("minimum", "median"), ("maximum",)),
    ),
}
_WHOLE = frozenset({"minimum", "maximum", "n"})


def distribution_kinds() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Kinds of distributions a file may name, each with the sets of keys it can be given by.

    Examples
    --------
    >>> distribution_kinds()["bernoulli"]
    (('probability',),)
    """
    return {kind: tuple(form.needs for form in forms) for kind, forms in _FORMS.items()}


def distribution_from_dict(data: Mapping[str, Any], *, where: Place | None = None) -> Distribution:
    """Read a distribution from plain data.

    Parameters
    ----------
    data : ``distribution`` (its kind) and the keys of one of the forms of `distribution_kinds`:
        either the parameters themselves or a published summary of them.
    where : place of the data in the user's file, for errors.

    Raises
    ------
    InputError
        With every problem: an unknown kind or key (with near misses), a missing key, a value that
        is no number or out of range.

    Examples
    --------
    >>> distribution_from_dict({"distribution": "lognormal", "median": 300.0, "sigma": 0.8})
    LogNormal(median=300.0, sigma=0.8)
    """
    kind = data.get("distribution")
    if not isinstance(kind, str):
        raise InputError(
            Problem(
                what="the kind of distribution is not given",
                where=_at(where, "distribution"),
                allowed=", ".join(_FORMS),
                received=None if kind is None else repr(kind),
            )
        )
    if kind not in _FORMS:
        raise InputError(
            unknown_name(kind, tuple(_FORMS), noun="distribution", where=_at(where, "distribution"))
        )
    given = {key: value for key, value in data.items() if key != "distribution"}
    form = _closest_form(kind, given)
    problems = [*_key_problems(kind, form, given, where), *_value_problems(given, where)]
    if problems:
        raise InputError(problems)
    arguments: dict[str, Any] = {
        key: int(value) if key in _WHOLE else (float(value) if key != "probabilities" else value)
        for key, value in given.items()
    }
    try:
        return form.make(**arguments)
    except InputError as error:
        raise InputError(
            replace(problem, where=_at(where, problem.where.key if problem.where else None))
            for problem in error.problems
        ) from error


def _at(where: Place | None, key: str | None) -> Place | None:
    if where is None:
        return Place(key=key) if key else None
    if key is None:
        return where
    return replace(where, key=f"{where.key}.{key}" if where.key else key)


def _closest_form(kind: str, given: Mapping[str, Any]) -> _Form:
    """The form that shares most keys with what is given and lacks fewest."""

    def misfit(form: _Form) -> tuple[int, int]:
        stray = len(set(given) - set(form.needs) - set(form.may))
        return stray + len(set(form.needs) - set(given)), stray

    return min(_FORMS[kind], key=misfit)


def _key_problems(
    kind: str, form: _Form, given: Mapping[str, Any], where: Place | None
) -> list[Problem]:
    forms = " | ".join(", ".join(each.needs) for each in _FORMS[kind])
    known = tuple(dict.fromkeys(key for each in _FORMS[kind] for key in (*each.needs, *each.may)))
    problems: list[Problem] = []
    for key in given:
        if key not in known:
            problems.append(
                unknown_name(
                    key, known, noun=f"key of a {kind} distribution", where=_at(where, key)
                )
            )
        elif key not in (*form.needs, *form.may):
            problems.append(
                Problem(
                    what=f"{key!r} does not go with the other keys of this {kind} distribution",
                    where=_at(where, key),
                    allowed=forms,
                )
            )
    problems.extend(
        Problem(
            what=f"{key!r} is missing from this {kind} distribution",
            where=where,
            allowed=forms,
        )
        for key in form.needs
        if key not in given
    )
    return problems


def _value_problems(given: Mapping[str, Any], where: Place | None) -> list[Problem]:
    problems: list[Problem] = []
    for key, value in given.items():
        if key == "probabilities":
            good = isinstance(value, Mapping) and all(_is_number(share) for share in value.values())
            allowed = "a table of labels with shares"
        elif key in _WHOLE:
            good = _is_number(value) and float(value).is_integer()
            allowed = "a whole number"
        else:
            good, allowed = _is_number(value), "a number"
        if not good:
            problems.append(
                Problem(
                    what=f"the value of {key!r} cannot be used",
                    where=_at(where, key),
                    allowed=allowed,
                    received=repr(value),
                )
            )
    return problems


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
