"""The documented cases as data, what is held against them, and how events reach the record."""
