"""
Calibrating
===========

What the published fit says, what it is held against, and the steps of a fit of your own.
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
# A calibration of your own draws runs from the prior, learns summaries of them, draws again from
# the part of the prior that the first fit leaves, and checks itself. **This one has 200 runs a
# step, as few as are allowed, so that the page is built in a minute: it shows the steps and is far
# too small to be used.** The published one has 12,000, 8,000 and 1,000.
from pathlib import Path
from tempfile import TemporaryDirectory

from calibration.calibration_pipeline import calibrate, usual_settings

settings = usual_settings(
    runs=200,
    truncated_runs=200,
    predictive_runs=200,
    networks=1,
    workers=1,  # so few runs are over before further processes have begun
)
with TemporaryDirectory() as folder:
    fit = calibrate(Path(folder, "tiny"), settings)

small = pd.DataFrame(fit.posterior.values, columns=list(fit.posterior.names))
pd.concat({"tiny": small.median(), "published": draws.median()}, axis=1).round(3)

# %%
# Each check says what it found and what passes. Some cannot be judged with so few runs.

for verdict in fit.verdicts:
    print(f"{verdict.check}: {verdict.verdict}. {verdict.found}")

# %%
# For a fit to be used: ``paradiplomacy calibrate --out results/calibration``, some 20 minutes; then
# ``paradiplomacy validate --calibration results/calibration`` judges it by left-out cases, wrong
# worlds and rivals without agents. The same command on the same folder goes on where it stopped. A
# target or a case of your own is a row of a table in ``calibration/cases``.
# :doc:`Calibration </docs/calibration>` says how each was coded and :doc:`validating
# </docs/validate>` what every check means.
