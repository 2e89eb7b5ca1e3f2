"""
When two worlds part
====================

Differences by month between a world without twinnings and the baseline, in paired runs.
"""

import sim

comparison = sim.compare("baseline", "no-twinning", replicates=20, fixed=True)
comparison.plot_paths()
