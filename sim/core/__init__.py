"""Foundations: parameters, state, keyed draws, compiled-code support, files and errors."""
