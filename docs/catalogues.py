"""Bring the catalogues of the page up to date with its texts; say what is not translated."""

from __future__ import annotations

from sim.app.cases.documented_record import use_studies
from sim.app.messages import update
from sim.cli.app import case_studies

if __name__ == "__main__":
    use_studies(case_studies())
    for language, texts in update().items():
        print(f"{language}: {len(texts)} texts are not translated")  # noqa: T201
        for text in texts:
            print(f"  {text}")  # noqa: T201
