"""The lines of TOML keys, as the readers of scenario files know them."""

from sim.core.line_finder import KeyPath, LineFinder, syntax_error_place

__all__ = ["KeyPath", "LineFinder", "syntax_error_place"]
