"""What the page says of each check: what it asks, and how its figure is read."""

from __future__ import annotations

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("table", "Runs and prior", ("table", "prior predictive")),
    (
        "ranks",
        "Are posteriors right where the truth is known?",
        (
            "simulation-based calibration, global",
            "simulation-based calibration, local",
            "coverage, global",
            "coverage, local",
        ),
    ),
    ("identifiability", "What the data say", ("contraction", "correlation", "two routes")),
    ("targets", "Does the fit predict what was observed?", ("posterior predictive",)),
    (
        "left-out",
        "Does it predict what it has not seen?",
        ("leave one case out", "leave deep cases out", "temporal"),
    ),
    ("power", "Would a wrong world be noticed?", ("power",)),
    ("ablation", "Is each mechanism needed?", ("ablation",)),
    ("sensitivity", "Which parameters matter?", ("sensitivity",)),
    ("what-ifs", "Are what-ifs known well enough?", ("what-ifs",)),
)
"""Name, title and checks of each section, in the order of the protocol."""

ASKS = {
    "table": "Every run must give numbers, and no two runs may share random numbers.",
    "prior predictive": "Before any fitting, the prior must allow what was observed.",
    "simulation-based calibration, global": "Runs made at known parameters stand in for the "
    "record. Over many of them, the true value must lie anywhere in its posterior equally often "
    "(Talts et al. 2018). Lines are the empirical distribution of these places less the uniform "
    "one; a line that leaves the band shows a posterior that is shifted or too narrow or wide. The "
    "band is that of Säilynoja, Bürkner and Vehtari (2022); verdicts are adjusted for the "
    "number of lines by Holm. Global: runs of the whole prior.",
    "simulation-based calibration, local": "The same for runs of the truncated prior, near what "
    "was observed.",
    "coverage, global": "Intervals must hold the truth as often as they claim.",
    "coverage, local": "The same for runs of the truncated prior.",
    "contraction": "How much narrower the posterior is than the prior. A number that the data say "
    "nothing about is an assumption, and no claim rests on it. Nothing can be missed here.",
    "correlation": "Two parameters that only their combination is known of should be one.",
    "two routes": "Another method on the same runs, neural posterior estimation, must come to the "
    "same posterior.",
    "posterior predictive": "Runs at draws of the posterior must look like the record. One target "
    "at a time can look right in a wrong world, so the verdict is on all of them together; some of "
    "49 single p-values below 0.05 are expected.",
    "leave one case out": "Everything that rests on a case is taken out of the targets, the model "
    "is fitted to the rest, and what is on record of the case is predicted. A negative binomial "
    "regression on authority, size and alignment does the same.",
    "leave deep cases out": "The same with both deep cases left out together.",
    "temporal": "Fitted to what was on record to 2013, the model predicts 2014 to 2020. "
    "Persistence and trend do the same.",
    "power": "Runs of worlds that are wrong on purpose stand in for the record. A protocol that "
    "passes them says little when it passes the model.",
    "ablation": "Each mechanism is switched off, the model fitted again, and what it predicts of "
    "each piece of evidence from all others is scored. A mechanism without loss has no support in "
    "this record, whatever else speaks for it.",
    "sensitivity": "How much of an outcome's variance, over what the posterior leaves open, is due "
    "to each parameter, alone or with others.",
    "what-ifs": "Enough runs must be made at draws of the posterior that chance adds little to "
    "what is not known.",
}
"""What each check asks, by its name."""

READING = """\
Thresholds were set before the first fit and are not moved; a check that misses is shown as it is.
"Not run" means what it says: it is neither passed nor missed.
The record is one report. A fit that predicts it well shows that the model can tell of a region \
as that report does, not that the model is true.
Sources of the methods: Talts et al. (2018); Säilynoja, Bürkner and Vehtari (2022); Rodrigues, \
Prangle and Sisson (2018); Czado, Gneiting and Held (2009); Carrella (2021, JASSS 24(2)7); \
McCulloch et al. (2022, JASSS 25(2)1); Hermans et al. (2021).""".splitlines()
"""How to read the page, a paragraph a line."""

TITLE = "Validation of the calibration"

CAPTIONS = {
    "ranks": "Where true values lie in their posteriors, against an even spread.",
    "coverage": "How often central intervals hold the truth, less what they claim.",
    "contraction": "How much the posterior of each parameter has contracted.",
    "posterior": "Each free parameter before and after the fit, on its own scale.",
    "targets": "Each target on the interval of runs at draws from the posterior.",
    "distances": "How far the record lies from the middle of what is predicted, among runs of the "
    "fitted model.",
    "pit-cases": "Where what is on record of left-out cases lies in what was predicted.",
    "scores": "How much better or worse than the regression each left-out case is predicted.",
    "deep": "The deep cases' record beside what is predicted without them.",
    "pit-later": "Where what is on record of 2014 to 2020 lies in what was predicted.",
    "later": "The record of 2014 to 2020 beside what is predicted from the years before; the rows "
    "with most.",
    "power": "How many runs of each wrong world the joint check rejects.",
    "ablation": "What the log score of the record loses without each mechanism.",
    "sensitivity": "Total effects of the free parameters on the region's outcomes.",
    "what-ifs": "What each shipped what-if changes, over the posterior.",
}
"""Captions of the figures by name."""
