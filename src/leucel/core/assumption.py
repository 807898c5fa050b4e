"""What a result takes for granted, in a form that the dossier can print."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.core.evidence import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing taken for granted.

    Attributes
    ----------
    what : the quantity or choice.
    value : what was taken for it; None when it is left unknown.
    unit : unit of `value`.
    why : the reason, in a sentence.
    source : id of a source, empty when there is none.
    mark : how far it can be trusted.
    """

    what: str
    value: float | str | None
    unit: str = ""
    why: str = ""
    source: str = ""
    mark: Mark = Mark.OWN_VALUE

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form.

        Examples
        --------
        >>> Assumption(what="signal peptide", value=None).to_dict()["mark"]
        'own value'
        """
        return {
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "why": self.why,
            "source": self.source,
            "mark": self.mark.value,
        }
