"""Read tables that users bring: one reader, one set of rules, all faults at once."""

from sim.core.table_reader.checked_table import UserTable, read_table
from sim.core.table_reader.columns import NO_MONTH, Column, Value

__all__ = ["NO_MONTH", "Column", "UserTable", "Value", "read_table"]
