"""Libraries that are installed only with an optional extra, imported late and named when absent."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

from leucel.core import LeucelError


class MissingExtraError(LeucelError):
    """A library that this work needs is not installed; the message names the extra."""


def need(module: str, *, extra: str, what: str) -> Any:
    """The module, or an error that says how to get it.

    Parameters
    ----------
    module : dotted name.
    extra : the optional dependency group of leucel that brings it.
    what : the work that needs it, for the message.

    Raises
    ------
    MissingExtraError
        When it is not installed.

    Examples
    --------
    >>> need("json", extra="construct", what="an example").__name__
    'json'
    """
    try:
        with warnings.catch_warnings():
            # Deprecations inside the library are its own affair.
            warnings.simplefilter("ignore")
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{what} needs the library {module.partition('.')[0]}, which is not installed; "
            f"install it with: pip install 'leucel[{extra}]'"
        ) from error
