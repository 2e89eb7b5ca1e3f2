"""
Through whom deals come
=======================

The first channel of deals: who brought the two sides together.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_channels()
