"""A receptor as an ordered row of parts, from the signal peptide to CD3zeta.

The binder is a slot: its kind, origin and source are known for products whose residues are not
public. Whatever needs the residues of such a part says so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leucel.core import (
    Assumption,
    InputError,
    Mark,
    MissingEvidenceError,
    Place,
    Problem,
    unknown_name,
)
from leucel.product.domains import Domain, Role, get_domain, variants
from leucel.product.parts import Binder, Part, part_from_binder, part_from_domain
from leucel.product.sequence import mass_kda

_SUPPLY = (
    "give the binder sequence in the programme file (key `sequence` of the binder) or with "
    "`with_binder_sequence`; none is shipped"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPart:
    """A part and its first and last residue in the whole protein (from 1), where they are known."""

    part: Part
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Construct:
    """A receptor.

    Attributes
    ----------
    name : name of the receptor or product.
    parts : from the N-terminus on.
    binder : description of the binder.
    assumptions : what was chosen because the description left it open.
    """

    name: str
    parts: tuple[Part, ...]
    binder: Binder
    assumptions: tuple[Assumption, ...] = ()

    @property
    def unknown_parts(self) -> tuple[Part, ...]:
        """Parts without residues."""
        return tuple(part for part in self.parts if part.sequence is None)

    @property
    def known_residues(self) -> int:
        """Residues of the parts whose sequence is known, the signal peptide included."""
        return sum(len(part.sequence or "") for part in self.parts)

    @property
    def known_kda(self) -> float:
        """Mass [kDa] of the known parts of the mature receptor, without the signal peptide.

        One chain is assumed: the water of each peptide bond between known parts is taken off.
        """
        mature = "".join(
            part.sequence or "" for part in self.parts if part.role.location != "cleaved"
        )
        return mass_kda(mature) if mature else 0.0

    def protein(self, *, mature: bool = False) -> str:
        """The whole translated protein; with `mature` without the parts that are cleaved off.

        Raises
        ------
        MissingEvidenceError
            When a part of it has no residues; one problem for each such part.
        """
        parts = [p for p in self.parts if not (mature and p.role.location == "cleaved")]
        missing = [
            _missing(part, needed_for="the protein") for part in parts if part.sequence is None
        ]
        if missing:
            raise MissingEvidenceError(missing)
        return "".join(part.sequence or "" for part in parts)

    def part_sequence(self, role: Role) -> str:
        """Residues of the first part with this role.

        Raises
        ------
        InputError
            When there is no such part.
        MissingEvidenceError
            When its residues are not known.
        """
        for part in self.parts:
            if part.role is role:
                if part.sequence is None:
                    raise MissingEvidenceError(_missing(part, needed_for="this"))
                return part.sequence
        raise InputError(
            Problem(what=f"{self.name} has no {role.label}", received=", ".join(self.order))
        )

    @property
    def order(self) -> tuple[str, ...]:
        """Roles from the N-terminus on, in words."""
        return tuple(part.role.label for part in self.parts)

    def placed(self) -> tuple[PlacedPart, ...]:
        """Every part with its positions; after a part of unknown length they are None."""
        rows: list[PlacedPart] = []
        last: int | None = 0
        for part in self.parts:
            length = part.length
            start = None if last is None or length is None else last + 1
            last = None if last is None or length is None else last + length
            rows.append(PlacedPart(part=part, start=start, end=last))
        return tuple(rows)


def build_construct(
    *,
    name: str,
    binder: Binder,
    parts: Sequence[tuple[str, str | None] | Part],
    places: Sequence[Place | None] = (),
) -> Construct:
    """Put a receptor together from the roles and names of its parts.

    Parameters
    ----------
    name : name of the receptor or product.
    binder : the binder, with or without residues.
    parts : from the N-terminus on, ``(role, name of a reference domain)`` or a `Part` of one's own
        (`own_part`). The binder's entry is ``("binder", None)``. A role without a name stays open,
        and so does the signal peptide when it is not listed.
    places : places in the user's file, one for each of `parts`, for messages.

    Raises
    ------
    InputError
        For every role or name that is unknown, and for no or more than one binder, all at once.

    Notes
    -----
    A name that fits several variants of a domain is taken for the family's default, and the choice
    is added to `Construct.assumptions`.

    Examples
    --------
    >>> car = build_construct(name="demo", binder=Binder(name="scFv of interest"), parts=[
    ...     ("binder", None), ("hinge", "CD8a"), ("transmembrane", "CD8a"),
    ...     ("costimulatory", "4-1BB"), ("signaling", "CD3zeta")])
    >>> car.known_residues
    223
    >>> [part.name for part in car.unknown_parts]
    ['signal peptide', 'scFv of interest']
    """
    problems: list[Problem] = []
    assumptions: list[Assumption] = []
    made: list[Part] = []
    for i, given in enumerate(parts):
        where = places[i] if i < len(places) else None
        if isinstance(given, Part):
            made.append(given)
            continue
        word, domain_name = given
        try:
            role = _role(word, where)
            if role is Role.BINDER:
                made.append(part_from_binder(binder))
            elif domain_name is None:
                made.append(_open_part(role))
                assumptions.append(_left_open(role))
            else:
                domain = get_domain(domain_name, role=role, where=where)
                made.append(part_from_domain(domain))
                assumptions.extend(_variant_assumption(domain, domain_name))
        except InputError as error:
            problems.extend(error.problems)
    binders = sum(part.role is Role.BINDER for part in made)
    if binders != 1:
        problems.append(
            Problem(
                what=f"{name}: a receptor has one binder part",
                received=f"{binders} of them",
                allowed="one; a tandem of two VHHs is one binder with two copies",
            )
        )
    if problems:
        raise InputError(problems)
    if not any(part.role is Role.SIGNAL_PEPTIDE for part in made):
        made.insert(0, _open_part(Role.SIGNAL_PEPTIDE))
        assumptions.append(_left_open(Role.SIGNAL_PEPTIDE))
    return Construct(name=name, parts=tuple(made), binder=binder, assumptions=tuple(assumptions))


def with_binder_sequence(construct: Construct, sequence: str, *, source: str = "") -> Construct:
    """The same receptor with the binder's residues filled in.

    Parameters
    ----------
    construct : a receptor with a binder slot.
    sequence : residues of the binder.
    source : id of the source of the residues; empty for the user's own.

    Examples
    --------
    >>> car = build_construct(name="demo", binder=Binder(name="binder", format="other"), parts=[
    ...     ("signal peptide", "CD8A_signal_peptide"), ("binder", None), ("hinge", "CD8a"),
    ...     ("transmembrane", "CD8a"), ("signaling", "CD3zeta")])
    >>> len(with_binder_sequence(car, "GGGGS").protein())
    207
    """
    binder = replace(
        construct.binder,
        sequence=sequence,
        source=source or construct.binder.source,
        mark=construct.binder.mark if source else Mark.OWN_VALUE,
    )
    parts = tuple(
        part_from_binder(binder) if part.role is Role.BINDER else part for part in construct.parts
    )
    return replace(construct, binder=binder, parts=parts)


# Words that programme files use for a role beside the role's own name.
_ROLE_WORDS = {"costimulation": Role.COSTIMULATORY, "activation": Role.SIGNALING}


def _role(word: str, where: Place | None) -> Role:
    known = {role.label: role for role in Role} | _ROLE_WORDS
    role = known.get(word.replace("_", " ").strip().casefold())
    if role is None:
        raise InputError(unknown_name(word, tuple(known), noun="role of a part", where=where))
    return role


def _open_part(role: Role) -> Part:
    return Part(
        role=role,
        name=role.label,
        label=role.label,
        mark=Mark.OWN_VALUE,
        note="not named in the description of the product",
    )


def _left_open(role: Role) -> Assumption:
    return Assumption(
        what=role.label,
        value=None,
        why="the description of the product does not name it; its residues are left open",
    )


def _variant_assumption(domain: Domain, given: str) -> tuple[Assumption, ...]:
    others = [other.name for other in variants(domain) if other.name != domain.name]
    if given == domain.name or not others:
        return ()
    held = f"; found in {', '.join(domain.found_in)}" if domain.found_in else ""
    return (
        Assumption(
            what=f"variant of the {domain.role.label} part {given!r}",
            value=domain.name,
            why=f"the description does not say which variant; the other choices are "
            f"{', '.join(others)}{held}",
            source=domain.source,
            mark=Mark.OWN_VALUE,
        ),
    )


def _missing(part: Part, *, needed_for: str) -> Problem:
    if part.role is Role.BINDER:
        known = f" (what is known: {part.note})" if part.note else ""
        return Problem(
            what=f"the residues of the binder {part.name!r} are needed for {needed_for} and are "
            f"not known{known}",
            fix=_SUPPLY,
        )
    return Problem(
        what=f"the residues of the {part.role.label} are needed for {needed_for} and are not known",
        fix=f"name the {part.role.label} or give its residues",
    )
