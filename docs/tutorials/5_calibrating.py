"""
Calibrating
===========

What the published fit says, what it is held against, and how to make one of your own.
"""

# %%
# Each target is an observed value with an uncertainty of its own, and a measure that gives its
# counterpart in a run.
import pandas as pd

from calibration.cases.targets import load_targets

targets = load_targets()
print(len(targets))
pd.DataFrame(
    {"target": t.id, "observed": t.observed, "unit": t.measure.unit, "source": t.source}
    for t in targets[:6]
)

# %%
# The published posterior is a table of equally probable draws of the free parameters.

from calibration.published import read_published

posterior = read_published()
draws = pd.DataFrame(posterior.values, columns=list(posterior.names))
draws.quantile([0.05, 0.5, 0.95]).T.round(3)

# %%
# Results carry what is not known about the parameters if each replicate takes a draw.

import sim
from calibration.published import draws as some

found = some(10)
run = sim.run("baseline", replicates=10, draws=found.draws)
run.per_run[["visits_to_lac", "twinnings", "deals"]].describe().round(0)

# %%
# To fit anew: ``paradiplomacy calibrate --out results/calibration`` draws runs from the prior,
# learns summaries of them, draws from the truncated prior, and checks itself; then
# ``paradiplomacy validate --calibration results/calibration`` judges the fit by left-out cases,
# wrong worlds and rivals without agents. The same command on the same folder goes on where it
# stopped. A target or a case of your own is a row of a table in ``calibration/cases``.
# :doc:`Calibration </docs/calibration>` says how each was coded and :doc:`validating
# </docs/validate>` what every check means.
