"""
Where trust has grown
=====================

The highest trust that a unit has in any Chinese actor at the end, from 0 to 1.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_map("trust")
