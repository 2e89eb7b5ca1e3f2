"""Scenarios: schema, interventions, reading with errors that point at the line, writing."""
