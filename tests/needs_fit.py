"""The mark of tests that need a fit of the present model."""

from __future__ import annotations

import pytest

NEEDS_FIT = pytest.mark.xfail(
    strict=True, reason="what is published was fitted to an earlier model, until the next fit"
)
"""Strict, so that each such test asks for the mark to be taken away once the fit is renewed."""
