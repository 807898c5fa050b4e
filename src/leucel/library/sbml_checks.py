"""What has to hold before an SBML model can be read: the rules of SBML, and what leucel can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leucel.core import Place, Problem

_PACKAGES = {
    "comp": "flatten the model first, for example with the flattening converter of libSBML",
    "fbc": "flux balance is no differential equation",
    "qual": "a logical model is no differential equation",
    "distrib": "give the random effects in leucel",
    "arrays": "write the elements of the array one by one",
    "spatial": "leucel has no space; write compartments",
}
_HARMLESS = {"l3v2extendedmath", "layout", "render", "groups"}


def rule_problems(libsbml: Any, document: Any, file: str | None) -> tuple[Problem, ...]:
    """Violations of the rules of SBML that are errors, each with its line."""
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    return tuple(_errors(libsbml, document, file))


def reading_problems(libsbml: Any, document: Any, file: str | None) -> tuple[Problem, ...]:
    """Faults that keep the text from being SBML at all."""
    return tuple(_errors(libsbml, document, file))


def _errors(libsbml: Any, document: Any, file: str | None) -> Iterator[Problem]:
    seen: set[tuple[int, int]] = set()
    for index in range(document.getNumErrors()):
        error = document.getError(index)
        if error.getSeverity() < libsbml.LIBSBML_SEV_ERROR:
            continue
        key = (error.getErrorId(), error.getLine())
        if key in seen:
            continue
        seen.add(key)
        short = " ".join(str(error.getShortMessage()).split())
        # The last paragraph of the message speaks of this file, those before it of the rule.
        told = [line.strip() for line in str(error.getMessage()).splitlines() if line.strip()]
        yield Problem(
            what=f"SBML rule {error.getErrorId()}: {short[:1].lower()}{short[1:]}",
            where=Place(file=file, line=error.getLine() or None),
            received=told[-1] if told else None,
        )


def unit_warnings(libsbml: Any, document: Any) -> tuple[int, int]:
    """How many inconsistencies of units libSBML sees, and the line of the first one."""
    document.getErrorLog().clearLog()
    for category in range(libsbml.LIBSBML_CAT_SBML, libsbml.LIBSBML_CAT_MODELING_PRACTICE + 1):
        document.setConsistencyChecks(category, category == libsbml.LIBSBML_CAT_UNITS_CONSISTENCY)
    document.checkConsistency()
    found = [document.getError(i) for i in range(document.getNumErrors())]
    # Numbers without a unit leave a formula undecided, which is no inconsistency.
    units = [
        e
        for e in found
        if e.getCategory() == libsbml.LIBSBML_CAT_UNITS_CONSISTENCY
        and e.getErrorId() not in (libsbml.UndeclaredUnits, libsbml.UndeclaredTimeUnitsL3)
    ]
    return len(units), units[0].getLine() if units else 0


def construct_problems(document: Any, file: str | None) -> Iterator[Problem]:
    """Parts of a model that leucel has no word for, each with its line and what to do."""
    for index in range(document.getNumPlugins()):
        package = document.getPlugin(index).getPackageName()
        if package not in _HARMLESS and document.getPackageRequired(package):
            yield Problem(
                what=f"the model needs the package {package!r} of SBML",
                where=Place(file=file, line=1),
                fix=_PACKAGES.get(package, "write the model without it"),
            )
    model = document.getModel()

    def at(element: Any, key: str) -> Place:
        return Place(file=file, line=element.getLine() or None, key=key)

    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            yield Problem(
                what="an algebraic rule leaves open what it moves",
                where=at(rule, "algebraicRule"),
                fix="solve it for one variable and write an assignment rule",
            )
    for reaction in model.getListOfReactions():
        key = f"reaction {reaction.getId()}"
        if reaction.isSetFast() and reaction.getFast():
            yield Problem(
                what="a fast reaction is an equilibrium without a rate",
                where=at(reaction, key),
                fix="give it a rate, or write the equilibrium as an assignment rule",
            )
        if not reaction.isSetKineticLaw() or not reaction.getKineticLaw().isSetMath():
            yield Problem(
                what="the reaction has no rate", where=at(reaction, key), fix="give a kineticLaw"
            )
    for event in model.getListOfEvents():
        key = f"event {event.getId()}"
        if event.isSetDelay() and not _is_zero(event.getDelay().getMath()):
            yield Problem(
                what="the event acts with a delay",
                where=at(event, key),
                fix="let a second event fire at the later time",
            )
        if not event.isSetTrigger() or not event.getTrigger().isSetMath():
            yield Problem(what="the event has no trigger", where=at(event, key))


def _is_zero(math: Any) -> bool:
    return math is None or (math.isNumber() and float(math.getValue()) == 0.0)
