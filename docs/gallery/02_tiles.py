"""
The same as tiles
=================

A square for each of the 555 units, in blocks by country: small units are as large as big ones.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_map("deals", kind="tiles")
