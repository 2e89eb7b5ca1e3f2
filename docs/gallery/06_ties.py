"""
Ties through changes of office
==============================

Living ties month by month, and those that changes of office-holder end.
"""

import sim

run = sim.run("baseline", replicates=6)
run.plot_ties()
