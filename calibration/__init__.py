"""Hold the model against what is documented.

``patterns.toml`` is a table of the causal claims of the report (Myers 2020). Each claim names the
parameters that carry it, an experiment that switches them off, and the pattern that must then go.
"""
