"""
Where a change is felt
======================

Differences by first-level unit when Chile decentralizes in 2010.
"""

import sim

comparison = sim.compare("baseline", "chile-decentralizes", replicates=20, fixed=True)
comparison.plot_map("deals")
