"""Experiments: runs, and what is made of many of them."""
