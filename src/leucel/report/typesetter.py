"""The typesetter of the PDF: an extra that is imported late and named when absent."""

from __future__ import annotations

from typing import Any


def require_typesetter() -> Any:
    """The typesetter's module.

    Raises
    ------
    MissingExtraError
        With the line that installs it.
    """
    from leucel.product import MissingExtraError

    try:
        import typst
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "a PDF needs the typesetter typst, which is not installed; "
            "install it with: pip install 'leucel[pdf]'"
        ) from error
    return typst
