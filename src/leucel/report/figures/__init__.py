"""The figures of a dossier, one idea a file."""
