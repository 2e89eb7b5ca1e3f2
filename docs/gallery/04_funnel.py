"""
From visit to works
===================

How many of the projects proposed reach each stage, and where the others end.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_funnel()
