"""Counterfoil keeps a company's operations system in step with its books."""

__version__ = "0.1.0"
