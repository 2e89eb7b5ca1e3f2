"""The teaching and what-if pages."""
