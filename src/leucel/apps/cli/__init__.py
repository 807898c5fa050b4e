"""The command line: one file for each group of commands, everything heavy imported inside them."""

from leucel.apps.cli.main import main

__all__ = ["main"]
