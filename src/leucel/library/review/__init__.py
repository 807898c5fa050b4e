"""Second implementations of published models, written from the equations alone, for tests only.

Whoever writes a file here has not read the first implementation in `leucel.library`. The functions
are plain NumPy, keep the symbols of the paper and share no code with the rest of leucel, so that a
misreading of the source has to be made twice to pass unseen.
"""
