"""Figures, tables and pages made from runs."""
