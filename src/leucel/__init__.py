"""leucel: quantitative development of CAR-T cell products.

For research and planning only; nothing here is advice for treating a patient.
"""

__version__ = "0.1.0"
