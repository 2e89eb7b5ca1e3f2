"""Read tables that users bring: one reader, one set of rules, all faults at once."""

from sim.core.table_reader.columns import NO_MONTH, Column, Value
from sim.core.table_reader.reading import UserTable, read_table

__all__ = ["NO_MONTH", "Column", "UserTable", "Value", "read_table"]
