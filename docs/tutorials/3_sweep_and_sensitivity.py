"""
A sweep and its sensitivity
===========================

Run a scenario at many points of its parameters, keep every run, and ask which parameters matter.
"""

# %%
# A range is sampled, a list is scanned. The Morris design takes ``n`` trajectories through the
# parameters: a cheap first look. A short horizon keeps this page quick.
from tempfile import TemporaryDirectory

import sim

place = TemporaryDirectory()
sweep = sim.sweep(
    "baseline",
    {"turnover.fade": (0, 1), "authority.effect": (0, 1), "tie.contact": (0.05, 0.5)},
    design="morris",
    n=8,
    replicates=3,
    end="2006-12",
    workers=1,  # so few runs are over before further processes have begun
    out=f"{place.name}/what-matters",
)
sweep.status

# %%
# One row a run, with the parameters, the seed and every outcome.

sweep.frame[
    ["point", "replicate", "turnover.fade", "authority.effect", "deals", "twinnings"]
].head()

# %%
# Replicate *r* has the same random numbers at every point, so that much of chance cancels in
# differences. What it still adds to an index is shown beside it, as what an inert parameter would
# show.

found = sim.sensitivity(sweep, ["deals", "visits_to_lac"])
found.table.round(3)

# %%
found.plot("deals")

# %%
# A sweep that was stopped goes on with ``sim.Sweep(FOLDER).resume()``, and takes further points
# or replicates with ``extend``. :doc:`Sweeps </docs/sweeps>` tells the rest, clusters among it,
# and :doc:`sensitivity </docs/sensitivity>` which design is for what.

place.cleanup()
