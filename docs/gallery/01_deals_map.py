"""
Where deals are formed
======================

Deals by first-level unit, whoever decided them, as means over runs.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_map("deals")
