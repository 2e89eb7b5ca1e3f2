"""Compare what-ifs with a baseline by paired runs; :mod:`.compare` is where to begin."""
