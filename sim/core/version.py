"""The version of the package, for all that records or shows it."""

__version__ = "0.1.0"
