"""
One place's history
===================

Jujuy over its runs: visits, first contact, deals, beside the changes of its office.
"""

import sim

run = sim.run("jujuy", replicates=20)
run.plot_timeline("AR-Y")
