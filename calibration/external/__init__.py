"""Lists coded independently of the report, and what such lists would hold of a run."""

from calibration.external.lists import Lists, observed_lists
from calibration.external.lists_of_run import LIST_CHANCES_OF, lists_of

__all__ = ["LIST_CHANCES_OF", "Lists", "lists_of", "observed_lists"]
