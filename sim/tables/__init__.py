"""Read tables that users bring: one reader, one set of rules, all faults at once."""

from sim.tables.columns import NO_MONTH, Column, Value
from sim.tables.reading import Sheet, read_table

__all__ = ["NO_MONTH", "Column", "Sheet", "Value", "read_table"]
