"""Tables of the localities that are computed from others' data: endowments and outlines."""
