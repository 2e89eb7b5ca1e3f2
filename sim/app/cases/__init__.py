"""The tab Two cases: what is documented of two places, and what the model makes of them."""
