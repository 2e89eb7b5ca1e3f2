"""Bring the catalogues of the page up to date with its texts; say what is not translated.

With ``--check`` nothing is written, and what is missing is an error, as for a release.
"""

from __future__ import annotations

import sys

from sim.app.cases.documented_record import use_studies
from sim.app.messages import update
from sim.cli.app import case_studies

if __name__ == "__main__":
    use_studies(case_studies())
    check = "--check" in sys.argv[1:]
    found = update(write=not check)
    for language, texts in found.items():
        print(f"{language}: {'not translated:' if texts else 'complete'}")  # noqa: T201
        for text in texts:
            print(f"  {text}")  # noqa: T201
    if check and any(found.values()):
        sys.exit(1)
