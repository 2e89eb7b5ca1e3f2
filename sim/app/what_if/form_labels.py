"""The words around the forms of the tab, by the names the forms know them under."""

from __future__ import annotations

from sim.app.language import Translate, TranslateCount
from sim.core.parameters import PARAMETERS


def setup_texts(_: Translate) -> dict[str, str]:
    """Return the words of the head of the tab."""
    return {
        "start": _("Begin from"),
        "title": _("Title of your scenario"),
        "against": _("Compare with"),
        "seed": _("Seed"),
        "again": _("Undo all changes"),
        "file": _("Load a scenario file (TOML)"),
    }


def lever_texts(_: Translate, n: TranslateCount) -> dict[str, str | list[str]]:
    """Return the words around the sliders; of ``changed`` one for each number of parameters."""
    return {
        "find": _("Find a parameter"),
        "reset": _("Set back"),
        "exact": _("Exact value"),
        "changed": [n("{n} changed", "{n} changed", i) for i in range(len(PARAMETERS) + 1)],
        "none": _("No parameter holds these words."),
    }


def change_texts(_: Translate) -> dict[str, str]:
    """Return the words around the interventions."""
    return {
        "add": _("Add an intervention"),
        "kind": _("What happens"),
        "save": _("Apply"),
        "cancel": _("Cancel"),
        "edit": _("Edit"),
        "remove": _("Remove"),
        "any": _("– none –"),
        "optional": _("(may stay empty)"),
        "none": _("Nothing changes in the middle of the run."),
    }
