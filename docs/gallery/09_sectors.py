"""
Deals by sector
===============

What the deals build, by number.
"""

import sim
from sim.report.figures import plot_sectors

run = sim.run("baseline", replicates=6)
plot_sectors(run)
