"""
What a change does, and how sure that is
========================================

Each outcome's mean difference with its 95 % interval.
"""

import sim

comparison = sim.compare("baseline", "high-turnover", replicates=20, fixed=True)
comparison.plot_forest()
