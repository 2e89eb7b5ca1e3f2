"""A copy of the shipped world's files, to be spoilt."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from sim.core.errors import InputError
from sim.world import SHIPPED, load_world


@dataclass(frozen=True)
class Copy:
    """A folder with the shipped world's files."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def lines(self, name: str) -> list[str]:
        return self.path(name).read_text(encoding="utf-8").splitlines()

    def write(self, name: str, lines: list[str]) -> None:
        self.path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def frame(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.path(name), dtype=str, keep_default_na=False)

    def recell(self, name: str, line: int, field: str, cell: str) -> None:
        """Put ``cell`` into one field on a line (from 1) of a table."""
        frame = self.frame(name)
        frame.loc[line - 2, field] = cell
        frame.to_csv(self.path(name), index=False, lineterminator="\n")

    def drop(self, name: str, field: str, value: str) -> None:
        """Leave out the rows that hold ``value``."""
        frame = self.frame(name)
        kept = frame[frame[field] != value]
        assert len(kept) < len(frame)
        kept.to_csv(self.path(name), index=False, lineterminator="\n")

    def error(self) -> InputError:
        """Return the error that loading the world raises."""
        with pytest.raises(InputError) as caught:
            load_world(self.folder)
        return caught.value


@pytest.fixture
def copied(tmp_path: Path) -> Copy:
    return Copy(shutil.copytree(SHIPPED, tmp_path / "world"))


@pytest.fixture
def absent(tmp_path: Path) -> Copy:
    """Return a copy whose folder is not there."""
    return Copy(tmp_path / "nowhere")
