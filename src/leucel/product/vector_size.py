"""Sizes of a lentiviral vector read from its sequence: packaged genome, provirus, payload.

In a self-inactivating HIV-1 vector, R begins with GGGTCTCTCTGG and has 96 nucleotides, U5 ends with
AAAATCTCTAGCA and has 85, and the deleted U3 of the 3' LTR begins with TGGAAGGGCTA and has 53. The
genome runs from the first base of R in the 5' LTR to the last base of R in the 3' LTR. Reverse
transcription writes dU3-R-U5 at both ends, so the provirus is the genome, one dU3 and one U5; a
plasmid file may lack the 3' U5.
"""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core import Evidence, InputError, Mark, Place, Problem

R_BEGINS, R_LENGTH = "GGGTCTCTCTGG", 96
U5_ENDS, U5_LENGTH = "AAAATCTCTAGCA", 85
DELTA_U3_BEGINS = "TGGAAGGGCTA"
_LONGEST_DELTA_U3 = 460  # the full U3 of HIV-1 has about 455 nucleotides

PAYLOAD_LIMITS: tuple[Evidence, ...] = (
    Evidence(
        value=9.0,
        unit="kb",
        source="lentivirus_payload_faq",
        mark=Mark.SECONDARY,
        note="between the LTRs, a practical maximum",
    ),
    Evidence(
        value=7.5,
        unit="kb",
        source="lentivirus_payload_faq",
        mark=Mark.SECONDARY,
        note="promoter and transgene, a practical maximum",
    ),
)
"""Practical sizes; titer falls steadily with length, there is no absolute limit (kumar_2001)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSize:
    """Sizes of a vector [nt or bp].

    Attributes
    ----------
    genome_rna : R to R, as packaged.
    provirus : dU3-R-U5 to dU3-R-U5, as integrated.
    between_ltrs : provirus without its two LTRs.
    delta_u3, r, u5 : lengths of the parts of the LTR in this file; U5 is taken as 85 when the file
        has none at the 5' end.
    starts : first nucleotide of R in the 5' LTR, from 1.
    wraps : True when the vector runs over the end of a circular file.
    """

    genome_rna: int
    provirus: int
    between_ltrs: int
    delta_u3: int
    r: int
    u5: int
    starts: int
    wraps: bool

    @property
    def long(self) -> bool:
        """True above the practical maximum between the LTRs (`PAYLOAD_LIMITS`)."""
        return self.between_ltrs > 1000 * PAYLOAD_LIMITS[0].number

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form, with the limits beside it."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "long": self.long,
            "limits": [
                {"value": e.value, "unit": e.unit, "source": e.source, "note": e.note}
                for e in PAYLOAD_LIMITS
            ],
        }


def vector_size(
    dna: str, *, name: str = "vector", circular: bool = True, where: Place | None = None
) -> VectorSize:
    """Sizes of a self-inactivating lentiviral vector from its plasmid sequence.

    Parameters
    ----------
    dna : nucleotides in capitals, as `read_dna` gives them.
    circular : whether the file is a plasmid that may be opened anywhere.

    Raises
    ------
    InputError
        When the two repeats R or the deleted U3 are not found.

    Examples
    --------
    >>> ltr = R_BEGINS + "A" * 84 + "C" * 72 + U5_ENDS
    >>> size = vector_size(ltr + "GT" * 500 + DELTA_U3_BEGINS + "C" * 42 + ltr)
    >>> size.genome_rna, size.provirus, size.between_ltrs
    (1330, 1468, 1000)
    """
    length = len(dna)
    ring = dna + dna[: R_LENGTH + _LONGEST_DELTA_U3] if circular else dna
    repeats = [at for at in _places(ring, R_BEGINS) if at < length]
    ends = [at for at in _places(ring, DELTA_U3_BEGINS) if at < length]
    pairs = [
        (u3, r)
        for u3 in ends
        for r in (*repeats, *(at + length for at in repeats if circular))
        if len(DELTA_U3_BEGINS) <= r - u3 <= _LONGEST_DELTA_U3
    ]
    if not pairs or len(repeats) < 2:
        raise InputError(
            Problem(
                what=f"{name}: this is no complete self-inactivating lentiviral vector",
                where=where,
                received=f"{len(repeats)} times {R_BEGINS} (start of R), {len(ends)} times "
                f"{DELTA_U3_BEGINS} (start of the 3' U3)",
                allowed="R in both LTRs, and a U3 before the second",
                fix="give the whole transfer plasmid from the 5' to the 3' LTR, on this strand",
            )
        )
    # A file of the integrated provirus has a dU3 in both LTRs; the 3' one is that behind which the
    # vector does not wrap over the end.
    wraps, delta_u3, second, first = min(
        (r % length < at, r - u3, r, at) for u3, r in pairs for at in repeats if at != r % length
    )
    genome = (second - first) % length + R_LENGTH
    behind = ring.find(U5_ENDS, first + R_LENGTH, first + R_LENGTH + 2 * U5_LENGTH)
    u5 = behind + len(U5_ENDS) - first - R_LENGTH if behind >= 0 else U5_LENGTH
    provirus = genome + delta_u3 + u5
    return VectorSize(
        genome_rna=genome,
        provirus=provirus,
        between_ltrs=provirus - 2 * (delta_u3 + R_LENGTH + u5),
        delta_u3=delta_u3,
        r=R_LENGTH,
        u5=u5,
        starts=first + 1,
        wraps=wraps,
    )


def _places(text: str, motif: str) -> list[int]:
    found: list[int] = []
    at = text.find(motif)
    while at >= 0:
        found.append(at)
        at = text.find(motif, at + 1)
    return found
