"""Compartments, species and parameters of an SBML model, and what reactions do to species."""

from __future__ import annotations

import math
from typing import Any, Literal

from leucel.library.sbml_math import combined, number
from leucel.library.sbml_symbols import Symbols
from leucel.library.sbml_units import unit_ratio
from leucel.model import Binary, Name, Negate, Node, Number, State


def add_compartment(symbols: Symbols, compartment: Any) -> None:
    """A compartment: the size that its id stands for."""
    size = float(compartment.getSize()) if compartment.isSetSize() else math.nan
    volume = compartment.getUnits() or symbols.model.getVolumeUnits()
    unit = symbols.unit(volume, compartment)
    known = math.isfinite(size)
    # A size that nobody gives is only a fault where somebody needs it.
    ruled = compartment.getId() in (*symbols.assigned, *symbols.initial)
    if not known and not ruled and not _needed(symbols, compartment.getId()):
        del symbols.names[compartment.getId()]
        return
    symbols.symbol(compartment, unit, start=number(size) if known else None)


def add_parameter(symbols: Symbols, parameter: Any) -> None:
    """A global parameter: constant, assigned, moved or set by events."""
    value = float(parameter.getValue()) if parameter.isSetValue() else math.nan
    unit = symbols.unit(parameter.getUnits(), parameter)
    symbols.symbol(parameter, unit, start=number(value) if math.isfinite(value) else None)


def add_species(symbols: Symbols, species: Any) -> None:
    """A species, as the concentration or the amount that its id stands for."""
    id_, home = species.getId(), species.getCompartment()
    amount = _is_amount(symbols, species)
    counted = species.getSubstanceUnits() or symbols.model.getSubstanceUnits()
    substance = symbols.unit(counted, species)
    volume = symbols.model.getCompartment(home).getUnits() or symbols.model.getVolumeUnits()
    space = symbols.unit(volume, species) if not amount else "1"
    unit = unit_ratio(substance, space)
    size = Name(name=str(symbols.names.get(home, home)))
    start: Node | None = None
    operator: Literal["/", "*"]
    for given, value, as_amount in (
        (species.isSetInitialAmount(), species.getInitialAmount(), True),
        (species.isSetInitialConcentration(), species.getInitialConcentration(), False),
    ):
        if given and math.isfinite(value):
            start = number(float(value))
            if as_amount != amount:
                operator = "/" if as_amount else "*"
                start = Binary(operator=operator, left=start, right=size)
    moved = id_ not in symbols.moved and id_ not in symbols.assigned
    free = not species.getBoundaryCondition() and not species.getConstant()
    change = _change(symbols, species) if free and moved else None
    if amount or not _resized(symbols, home) or not moved:
        if change is not None and not amount:
            change = Binary(operator="/", left=change, right=size)
        if not moved and id_ in symbols.moved and not amount and home in symbols.set_by_events:
            symbols.fault(
                "a rate rule moves a concentration whose compartment an event resizes",
                species, f"species {id_}", "write the species as an amount",
            )  # fmt: skip
        symbols.symbol(species, unit, start=start, tree_of=change)
        return
    _diluted(symbols, species, substance, unit, size, start, change)


def _needed(symbols: Symbols, id_: str) -> bool:
    species = symbols.model.getListOfSpecies()
    if any(s.getCompartment() == id_ and not _is_amount(symbols, s) for s in species):
        return True
    return f"<ci> {id_} </ci>" in symbols.libsbml.writeSBMLToString(symbols.model.getSBMLDocument())


def _is_amount(symbols: Symbols, species: Any) -> bool:
    compartment = symbols.model.getCompartment(species.getCompartment())
    return species.getHasOnlySubstanceUnits() or compartment.getSpatialDimensions() == 0


def _resized(symbols: Symbols, id_: str) -> bool:
    """True when the size of a compartment changes with time."""
    return (
        id_ in symbols.moved
        or id_ in symbols.set_by_events
        or (id_ in symbols.assigned and not symbols.model.getCompartment(id_).getConstant())
    )


def _diluted(
    symbols: Symbols,
    species: Any,
    substance: str,
    unit: str,
    size: Node,
    start: Node | None,
    change: Node | None,
) -> None:
    """A concentration in a compartment of changing size: its amount is what is kept."""
    id_ = species.getId()
    name = symbols.names[id_]
    held = symbols.free(f"{name}_amount")
    symbols.names[f"{id_} (amount)"] = held
    symbols.amounts[id_] = held
    if id_ in symbols.initial:
        start = symbols.tree(symbols.initial[id_], f"species {id_}")
    if start is None:
        symbols.fault("there is no initial value", species, f"species {id_}")
        start = Number(value=0.0)
    symbols.states[held] = State(name=held, unit=substance, meaning=f"amount of {name}")
    symbols.starts[held] = Binary(operator="*", left=start, right=size)
    symbols.rates[held] = change or Number(value=0.0)
    tree = Binary(operator="/", left=Name(name=held), right=size)
    symbols.express(name, tree, unit, species.getName(), {})


def _change(symbols: Symbols, species: Any) -> Node | None:
    """What reactions do to the amount of a species, in names of the model."""
    parts = [
        (product, _times(symbols, reference, Name(name=symbols.names[reaction.getId()])))
        for reaction in symbols.model.getListOfReactions()
        for product, references in (
            (False, reaction.getListOfReactants()),
            (True, reaction.getListOfProducts()),
        )
        for reference in references
        if reference.getSpecies() == species.getId()
    ]
    factor = species.getConversionFactor() or symbols.model.getConversionFactor()
    if not parts:
        return None
    sign, total = parts[0]
    total = total if sign else Negate(operand=total)
    for sign, part in parts[1:]:
        total = Binary(operator="+" if sign else "-", left=total, right=part)
    if factor:
        total = Binary(operator="*", left=Name(name=symbols.names[factor]), right=total)
    return total


def _times(symbols: Symbols, reference: Any, rate: Node) -> Node:
    id_ = reference.getId()
    key = f"speciesReference {id_ or reference.getSpecies()}"
    if id_ and (id_ in symbols.moved or id_ in symbols.set_by_events):
        symbols.fault("a stoichiometry changes with time by itself", reference, key,
                   "write the change into the rate of the reaction")  # fmt: skip
        return rate
    if id_ and (id_ in symbols.assigned or id_ in symbols.initial):
        rule = symbols.assigned.get(id_) or symbols.initial[id_]
        return Binary(operator="*", left=symbols.tree(rule, key), right=rate)
    count = reference.getStoichiometry() if reference.isSetStoichiometry() else math.nan
    if not math.isfinite(count):
        symbols.fault("there is no stoichiometry", reference, key, "give a number")
        return rate
    return rate if count == 1.0 else combined("*", [number(float(count)), rate])
