"""The science: compiled scalar functions, one file a subject.

Every function takes the state ``w`` (:class:`sim.core.state.State`), the index of the one it is
about and the month ``t`` (counted from January 2000), and reads and writes ``w``. Both drivers call
the same functions. Passages cited as "report" are of Myers (2020), *Going Local*; M-numbers are its
claims.
"""
