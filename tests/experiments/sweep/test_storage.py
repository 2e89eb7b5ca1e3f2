"""A sweep whose folder is moved, replaced or spoilt while it is written to.

Slow tests are so since workers start as processes of their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from sim.cli import main as cli
from sim.core.files import MachineError
from sim.experiments.sweep import Sweep
from sim.experiments.sweep.storage import Folder

if TYPE_CHECKING:
    from tests.experiments.sweep.conftest import Misbehave, Small

Files = Callable[..., list[str]]
GONE = r"/s: cannot go on: the folder was moved or removed meanwhile$"


@pytest.mark.parametrize("replaced", [False, True], ids=["gone", "replaced"])
def test_folder_that_is_moved_stops_the_sweep_and_keeps_what_is_done(
    tmp_path: Path, small: Small, reference: Sweep, files: Files, replaced: bool
) -> None:
    out, moved = tmp_path / "s", tmp_path / "moved"

    def move(done: int, _: int) -> None:
        if done >= 10 and not moved.exists():
            out.rename(moved)
            if replaced:
                out.mkdir()

    with pytest.raises(MachineError, match=GONE):
        small(out, progress=move)
    assert (list(out.iterdir()) == []) if replaced else not out.exists()
    assert set(files(moved)) < set(files(reference.folder))
    assert len(files(moved)) >= 1
    assert Sweep(moved).resume(workers=1).status.left == 0
    assert files(moved) == files(reference.folder)


def read_what_is_removed(folder: Folder) -> None:
    shutil.rmtree(folder.folder)
    folder.read("plan.json")


def test_folder_that_is_moved_after_the_last_write_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "s")
    with pytest.raises(MachineError, match=GONE), folder.lock():
        shutil.move(folder.folder, tmp_path / "moved")
    with pytest.raises(MachineError, match=GONE), folder.lock():
        read_what_is_removed(folder)


@pytest.mark.slow
def test_folder_moved_under_workers_is_told_in_one_message(
    tmp_path: Path, misbehave: Misbehave, files: Files, reference: Sweep
) -> None:
    misbehave("""
        def before_write(chunk):
            if first_time("moved-once") and chunk:
                os.rename(here / "s", here / "moved")
    """)
    arguments = "--vary turnover.fade=0.2..0.9 -n 6 --replicates 5 --chunk 5 --end 2000-06"
    command = ["sweep", "baseline", *arguments.split(), "--workers", "2"]
    result = CliRunner().invoke(
        cli.app, [*command, "--out", str(tmp_path / "s")], prog_name="paradiplomacy"
    )
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last == (
        f"paradiplomacy: {tmp_path / 's'}: cannot go on: the folder was moved or removed "
        "meanwhile. Runs that have ended are kept; go on with: "
        "paradiplomacy sweep --resume ITS_NEW_PLACE"
    )
    assert not (tmp_path / "s").exists()
    assert Sweep(tmp_path / "moved").resume(workers=1).status.left == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("files._sync_file = deny", "cannot write the file: permission denied"),
        ("(here / 's/runs').rename(here / 'r'); (here / 's/runs').touch()", "make the folder"),
    ],
    ids=["denied", "no folder"],
)
def test_write_of_a_worker_that_fails_is_a_fault_of_the_machine(
    tmp_path: Path, small: Small, misbehave: Misbehave, fault: str, told: str
) -> None:
    misbehave(f"""
        from sim.core import files

        def deny(path):
            raise PermissionError(13, "Permission denied", str(path))

        def before_write(chunk):
            if chunk == "00-000003":
                {fault}
    """)
    with pytest.raises(MachineError, match=told):
        small(tmp_path / "s", workers=2)
