"""Tell which parameters of a sweep matter; :mod:`.analysis` is where to begin."""
