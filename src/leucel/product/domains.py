"""Reference domains of chimeric antigen receptors, with accession, range, source and mark.

The table `data/domains.csv` is the only place where a domain's residues stand. Variants are rows of
their own: there is no single "CD3zeta" in the clinic, so a name that fits several rows is resolved
to a stated default and reported as an assumption.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from leucel.core import InputError, Mark, Place, Problem, unknown_name


class Role(Enum):
    """What a part does in a receptor."""

    SIGNAL_PEPTIDE = "signal_peptide"
    BINDER = "binder"
    HINGE = "hinge"
    TRANSMEMBRANE = "transmembrane"
    COSTIMULATORY = "costimulatory"
    SIGNALING = "signaling"
    LINKER = "linker"
    CLEAVAGE = "cleavage"
    BINDER_DOMAIN = "binder_domain"
    ANTIGEN = "antigen"

    @property
    def location(self) -> str:
        """Where the part lies in the finished receptor: outside, membrane, inside or cleaved."""
        return _LOCATIONS[self]

    @property
    def label(self) -> str:
        """The role in words."""
        return self.value.replace("_", " ")


_LOCATIONS = {
    Role.SIGNAL_PEPTIDE: "cleaved",
    Role.BINDER: "outside",
    Role.HINGE: "outside",
    Role.TRANSMEMBRANE: "membrane",
    Role.COSTIMULATORY: "inside",
    Role.SIGNALING: "inside",
    Role.LINKER: "outside",
    Role.CLEAVAGE: "cleaved",
    Role.BINDER_DOMAIN: "outside",
    Role.ANTIGEN: "target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One reference sequence.

    Attributes
    ----------
    name : unique name, as used in programme files.
    role : what it does in a receptor.
    family : name shared by the variants of one domain.
    default : True for the variant that a family's name stands for.
    accession, range : UniProt accession and residues; the range is empty for synthetic parts.
    sequence : residues.
    source : id of a source of this room.
    mark : how far the row can be trusted.
    found_in : products whose published receptor holds the sequence verbatim.
    aliases : other names people write.
    note : what to know about it.
    """

    name: str
    role: Role
    family: str
    default: bool
    accession: str
    range: str
    sequence: str
    source: str
    mark: Mark
    found_in: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def length(self) -> int:
        """Number of residues."""
        return len(self.sequence)

    @property
    def reference(self) -> str:
        """Accession and range in one text, for labels.

        Examples
        --------
        >>> get_domain("CD8A_hinge").reference
        'P01732 138-182'
        """
        return f"{self.accession} {self.range}".strip()


@cache
def _rows() -> tuple[Domain, ...]:
    text = (files("leucel.product") / "data" / "domains.csv").read_text(encoding="utf-8")
    return tuple(
        Domain(
            name=row["name"],
            role=Role(row["role"]),
            family=row["family"],
            default=row["default"] == "yes",
            accession=row["accession"],
            range=row["range"],
            sequence=row["sequence"],
            source=row["source"],
            mark=Mark(row["mark"]),
            found_in=_split(row["found_in"]),
            aliases=_split(row["aliases"]),
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def domains(*, role: Role | None = None, unverified: bool = False) -> tuple[Domain, ...]:
    """Reference domains in the order of the table.

    Parameters
    ----------
    role : only domains of this role.
    unverified : also rows that no source confirms; they are never used by default.

    Examples
    --------
    >>> [d.length for d in domains(role=Role.SIGNALING)]
    [112, 113, 112]
    """
    return tuple(
        domain
        for domain in _rows()
        if (role is None or domain.role is role) and (unverified or domain.mark.usable)
    )


def get_domain(name: str, *, role: Role | None = None, where: Place | None = None) -> Domain:
    """The reference domain called `name`: its own name, an alias, or its family's name.

    Parameters
    ----------
    name : for example ``"CD8A_hinge"``, ``"CD8a hinge"`` or, with `role`, ``"CD8a"``.
    role : what the part is for; needed when a name is used for several roles.
    where : place in the user's file, for messages.

    Raises
    ------
    InputError
        When nothing has that name (with near misses), or when it fits several roles.

    Examples
    --------
    >>> get_domain("CD3zeta").name
    'CD247_CD3zeta_CAR_dQ101'
    """
    candidates = domains(role=role)
    for domain in candidates:
        if domain.name == name:
            return domain
    key = _folded(name)
    found = [d for d in candidates if key in {_folded(text) for text in (d.name, *d.aliases)}]
    if not found:
        family = [d for d in candidates if _folded(d.family) == key]
        found = [d for d in family if d.default] or family
    if not found:
        names = sorted({text for d in candidates for text in (d.name, *d.aliases)})
        noun = f"{role.label} domain" if role else "domain"
        raise InputError(unknown_name(name, names, noun=noun, where=where))
    if len(found) > 1:
        raise InputError(
            Problem(
                what=f"the name {name!r} fits several domains",
                where=where,
                received=repr(name),
                allowed=", ".join(d.name for d in found),
            )
        )
    return found[0]


def variants(domain: Domain) -> tuple[Domain, ...]:
    """Every usable domain of the same family and role, `domain` included.

    Examples
    --------
    >>> [d.name for d in variants(get_domain("CD8A_TM"))]
    ['CD8A_TM', 'CD8A_TM_plus_NHRN']
    """
    return tuple(d for d in domains(role=domain.role) if d.family == domain.family)


def identify(sequence: str) -> tuple[Domain, ...]:
    """Reference domains with exactly these residues; empty when there is none.

    Examples
    --------
    >>> [d.name for d in identify("GGGGS")]
    ['linker_G4S']
    """
    return tuple(domain for domain in domains() if domain.sequence == sequence)


def _folded(name: str) -> str:
    # Greek letters occur in press texts ("CD3ζ", "CD8α"); hyphens, blanks and case do not matter.
    text = name.casefold().replace("ζ", "zeta").replace("α", "a")
    return "".join(letter for letter in text if letter.isalnum())
