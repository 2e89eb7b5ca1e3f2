"""The store: whole files or none, damage found and named, one sweep at a time."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sim.core import files as whole_files
from sim.core.errors import InputError
from sim.core.files import MachineError
from sim.experiments.sweep import Sweep, chunk_runs
from sim.experiments.sweep.storage import Folder, place_of
from sim.experiments.sweep.sweep_store import Store
from sim.report.cards import sweep_card
from sim.results.sensitivity_result import sensitivity

if TYPE_CHECKING:
    from tests.experiments.sweep.conftest import Small

pytestmark = pytest.mark.slow  # each test writes and damages a sweep's files

Files = Callable[..., list[str]]


@pytest.fixture
def copied(reference: Sweep, tmp_path: Path) -> Path:
    """Return a copy of the small sweep, to be spoilt."""
    return Path(shutil.copytree(reference.folder, tmp_path / "copied"))


def test_plan_reads_back_as_it_was(reference: Sweep) -> None:
    read = Store(reference.folder).plan()
    assert read.differences(reference.plan) == []
    assert read.identity == reference.plan.identity
    assert read.blocks == reference.plan.blocks
    assert [read.key(c) for c in read.chunks()] == [
        reference.plan.key(c) for c in reference.plan.chunks()
    ]


def test_plan_says_in_full_what_was_run(reference: Sweep) -> None:
    plan = json.loads((Path(reference.folder) / "plan.json").read_text(encoding="utf-8"))
    assert plan["scenario"]["end"] == "2000-06"
    assert plan["model_version"] == reference.plan.model_version
    assert plan["environment"]["packages"]["numpy"]
    assert plan["runs"] == 30


def test_one_line_of_pandas_reads_the_runs(reference: Sweep) -> None:
    frame = pd.read_parquet(Path(reference.folder) / "runs")
    pd.testing.assert_frame_equal(
        frame.sort_values(["point", "replicate"], ignore_index=True), reference.frame
    )


def test_flipped_bit_is_found_set_aside_and_made_again(copied: Path, files: Files) -> None:
    before = files(copied)
    victim = copied / "runs" / before[2]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    made: list[tuple[int, int]] = []
    sweep = Sweep(copied).resume(workers=1, progress=lambda *count: made.append(count))
    assert [(d.file, d.reason) for d in sweep.damages] == [
        (str(victim), "is damaged: its content does not fit its name")
    ]
    assert made[0] == (25, 30)
    assert made[-1] == (30, 30)
    assert files(copied) == before
    assert (copied / "set-aside" / f"runs-{victim.name}").read_bytes() == content


@pytest.mark.parametrize("kept", [0, 100], ids=["empty", "cut"])
def test_cut_file_is_made_again(copied: Path, files: Files, kept: int) -> None:
    before = files(copied)
    victim = copied / "runs" / before[0]
    victim.write_bytes(victim.read_bytes()[:kept])
    assert len(Sweep(copied).resume(workers=1).damages) == 1
    assert files(copied) == before


def test_damage_is_named_when_the_runs_are_read(copied: Path, files: Files) -> None:
    victim = copied / "runs" / files(copied)[0]
    victim.write_bytes(b"PAR1 nothing of the kind")
    with pytest.raises(InputError, match=f"{victim.name}.*resume"):
        _ = Sweep(copied).frame


def test_file_of_another_sweep_is_set_aside(copied: Path, tmp_path: Path, small: Small) -> None:
    other = small(tmp_path / "other", seed=1, n=1)
    stray = next((Path(other.folder) / "runs").iterdir())
    shutil.copy(stray, copied / "runs" / stray.name)
    (copied / "runs" / "notes.txt").write_text("mine", encoding="utf-8")
    reasons = {Path(d.file).name: d.reason for d in Sweep(copied).resume(workers=1).damages}
    assert reasons == {
        stray.name: "belongs to another sweep",
        "notes.txt": "is not named as a file of the sweep",
    }
    assert (copied / "set-aside" / "runs-notes.txt").read_text(encoding="utf-8") == "mine"


def test_the_same_chunk_twice_counts_once(copied: Path, files: Files) -> None:
    name = files(copied)[0]
    shutil.copy(copied / "runs" / name, copied / "runs" / name.replace("-f0-", "-f1-"))
    sweep = Sweep(copied).resume(workers=1)
    assert [damage.reason for damage in sweep.damages] == ["repeats another file"]
    assert len(sweep.frame) == 30


def test_tables_beside_are_checked_too(tmp_path: Path, small: Small, files: Files) -> None:
    sweep = small(tmp_path / "s", tables=["by_country"], keep_events=True)
    before = {table: files(sweep.folder, table) for table in ("runs", "by_country", "events")}
    (tmp_path / "s" / "events" / before["events"][0]).unlink()
    spoilt = tmp_path / "s" / "by_country" / before["by_country"][1]
    spoilt.write_bytes(spoilt.read_bytes() + b"more")
    (tmp_path / "s" / "by_country" / "00-000099-0000000000000000.parquet").write_bytes(b"left")
    reasons = [damage.reason for damage in sweep.resume(workers=1).damages]
    assert ["lost" in reasons[0], "damaged" in reasons[1]] == [True, True]
    assert {table: files(sweep.folder, table) for table in before} == before


def test_a_second_sweep_on_the_folder_is_told(copied: Path) -> None:
    holds = "import sys; from sim.experiments.sweep.storage import place_of\n"
    holds += "with place_of(sys.argv[1]).lock(): print('held', flush=True); sys.stdin.read()"
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(copied)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"another sweep .*process {holder.pid}"):
            Sweep(copied).resume(workers=1)
        assert Sweep(copied).status.done == 30
        holder.kill()
    # Death lets go of the lock.
    assert Sweep(copied).resume(workers=1).status.left == 0


def test_full_disk_stops_with_a_message_and_the_sweep_goes_on_later(
    tmp_path: Path, small: Small, reference: Sweep, monkeypatch: pytest.MonkeyPatch, files: Files
) -> None:
    flush = whole_files._sync_file

    def fill_up(path: Path) -> None:
        if path.parent.name == "runs" and len(list(path.parent.glob("[!.]*"))) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(path)

    monkeypatch.setattr(whole_files, "_sync_file", fill_up)
    with pytest.raises(MachineError, match="the disk is full"):
        small(tmp_path / "s")
    assert files(tmp_path / "s") == files(reference.folder)[:2]
    monkeypatch.undo()
    Sweep(tmp_path / "s").resume(workers=1)
    assert files(tmp_path / "s") == files(reference.folder)


def test_leftovers_of_interrupted_writes_are_cleared(copied: Path) -> None:
    left = copied / "runs" / ".part-0123.parquet"
    left.write_bytes(b"half")
    assert len(pd.read_parquet(copied / "runs")) == 30
    Sweep(copied).resume(workers=1)
    assert not left.exists()


def test_folder_of_something_else_is_refused(tmp_path: Path, small: Small) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        small(tmp_path)
    with pytest.raises(InputError, match="not the folder of a sweep"):
        Sweep(tmp_path)
    with pytest.raises(InputError, match="is a file, not a folder"):
        small(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


def test_sweep_stopped_before_its_plan_was_written_begins_anew(
    tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Folder.write

    def stop(place: Folder, name: str, content: bytes) -> None:
        if name == "plan.json":
            raise KeyboardInterrupt
        write(place, name, content)

    monkeypatch.setattr(Folder, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        small(tmp_path / "s", n=1)
    assert (tmp_path / "s" / "points.parquet").exists()
    monkeypatch.undo()
    assert small(tmp_path / "s", n=1).status.done == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"format": 1', '"format": 7'), "layout 7"),
        (lambda text: text.replace('"blocks"', '"block"'), "plan.json: was changed"),
        (lambda text: text.replace('"digest"', '"digesu"'), "plan.json: was changed"),
        (lambda text: text.replace("2000-06", "2000-07"), "plan.json: was changed"),
    ],
    ids=["format", "field", "digest", "value"],
)
def test_changed_plan_is_refused_and_nothing_is_touched(
    copied: Path, files: Files, change: Callable[[str], str], said: str
) -> None:
    path, before = copied / "plan.json", files(copied)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        Sweep(copied)
    assert files(copied) == before


@pytest.mark.parametrize("name", ["plan.json", "points.parquet"])
@pytest.mark.parametrize("keep", [None, 0, 0.5], ids=["removed", "empty", "cut"])
def test_lost_plan_is_read_from_its_copy_and_put_back(
    copied: Path, files: Files, small: Small, reference: Sweep, name: str, keep: float | None
) -> None:
    path, before = copied / name, files(copied)
    content = path.read_bytes()
    path.unlink()
    if keep is not None:
        path.write_bytes(content[: int(len(content) * keep)])
    sweep = Sweep(copied)
    why = "is missing" if keep is None else "cannot be read"
    assert sweep.notes == [f"{name} {why}; its copy in copies/ is used"]
    assert sweep.frame.equals(reference.frame)
    assert f"Note: {name} {why}" in sweep_card(sweep)
    made: list[tuple[int, int]] = []
    small(copied, progress=lambda *count: made.append(count))
    assert made == [(30, 30)]
    assert files(copied) == before
    assert path.read_bytes() == content
    assert Sweep(copied).notes == []


def test_spoilt_copy_of_the_plan_is_renewed(copied: Path) -> None:
    copy = copied / "copies" / "plan.json"
    copy.write_bytes(b"spoilt")
    Sweep(copied).resume(workers=1)
    assert copy.read_bytes() == (copied / "plan.json").read_bytes()


def test_changed_points_are_refused_and_no_run_is_repeated(
    copied: Path, files: Files, small: Small
) -> None:
    path, before = copied / "points.parquet", files(copied)
    content = path.read_bytes()
    points = pd.read_parquet(path)
    points["turnover.fade"] += 0.001
    points.to_parquet(path)
    actions: list[Callable[[], Sweep]] = [
        lambda: Sweep(copied),
        lambda: Sweep(copied).resume(workers=1),
        lambda: small(copied),
    ]
    for action in actions:
        with pytest.raises(InputError, match=r"points\.parquet: was changed .*copies/points"):
            action()
    assert files(copied) == before
    assert not (copied / "set-aside").exists()
    path.write_bytes(content)
    assert Sweep(copied).resume(workers=1).status.left == 0
    assert files(copied) == before


def test_runs_whose_plan_is_lost_with_its_copy_are_adopted_or_refused(
    copied: Path, files: Files, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(copied)
    shutil.rmtree(copied / "copies")
    (copied / "plan.json").unlink()
    with pytest.raises(InputError, match="belongs to another sweep, whose plan is lost"):
        small(copied, seed=7)
    assert files(copied) == before
    monkeypatch.setattr(chunk_runs, "simulate", None)
    assert small(copied).status.left == 0
    assert files(copied) == before


def flipped(content: bytes, count: int) -> Iterator[bytes]:
    """Yield copies of a content with one bit of it the other way, at many positions."""
    for place in range(count):
        spoilt = bytearray(content)
        at = place * (len(content) - 1) // (count - 1)
        spoilt[at] ^= 1 << (place % 8)
        yield bytes(spoilt)


@pytest.mark.parametrize("table", ["runs", "events"])
def test_no_flipped_bit_is_read_as_data(
    tmp_path: Path, small: Small, files: Files, table: str
) -> None:
    sweep = small(tmp_path / "s", n=2, keep_events=True)
    victim = tmp_path / "s" / table / files(sweep.folder, table)[1]
    content, silent = victim.read_bytes(), 0
    whole = pd.read_parquet(victim)
    for spoilt in flipped(content, 60):
        victim.write_bytes(spoilt)
        with pytest.raises(InputError, match=rf"{victim.name}.*damaged.*sweep --resume"):
            sweep.table(table)
        with contextlib.suppress(Exception):
            read = pd.read_parquet(victim, page_checksum_verification=True)
            # Checksums of pages cover values, but not names and types.
            silent += read.dtypes.equals(whole.dtypes) and not read.equals(whole)
    victim.write_bytes(content)
    assert silent == 0
    assert sweep.table(table).num_rows > 0


def test_readers_of_a_sweep_name_the_damaged_file(copied: Path, files: Files) -> None:
    victim = copied / "runs" / files(copied)[3]
    victim.write_bytes(next(flipped(victim.read_bytes(), 2)))
    readers: list[Callable[[], object]] = [
        lambda: Sweep(copied).frame,
        lambda: Sweep(copied).means(["deals"]),
        lambda: sensitivity(copied),
        lambda: sweep_card(Sweep(copied)),
    ]
    for read in readers:
        with pytest.raises(InputError, match=victim.name):
            read()


def test_address_with_a_protocol_keeps_the_same_files(
    small: Small, reference: Sweep, files: Files
) -> None:
    pytest.importorskip("fsspec")
    sweep = small("memory://sweeps/one")
    assert Store("memory://sweeps/one").place.names("runs") == files(reference.folder)
    pd.testing.assert_frame_equal(sweep.frame, reference.frame)
    assert sweep.store.place.names("nothing") == []
    name = sweep.store.place.names("runs")[0]
    sweep.store.place.write(f"runs/{name}", b"spoilt")
    again = Sweep("memory://sweeps/one").resume(workers=1)
    assert [damage.file for damage in again.damages] == [f"memory://sweeps/one/runs/{name}"]
    assert sweep.store.place.names("runs") == files(reference.folder)


def test_address_of_a_file_is_a_folder(tmp_path: Path) -> None:
    assert isinstance(place_of(f"file://{tmp_path}"), Folder)


def test_unknown_protocol_is_refused() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError, match="nonsense"):
        place_of("nonsense://somewhere")


def test_missing_fsspec_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match=r"paradiplomacy\[cluster\]"):
        place_of("memory://somewhere")


def test_other_tables_are_kept_with_the_sweep(
    tmp_path: Path, small: Small, altered_world: Callable[..., Any]
) -> None:
    def richer(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(gdp_usd_m=(table["gdp_usd_m"].astype(float) * 2).astype(str))

    world = altered_world(countries=richer)
    sweep = small(tmp_path / "s", world=world, n=1)
    shutil.rmtree(world.folder)
    more = Sweep(tmp_path / "s").extend(replicates=1, workers=1)
    assert more.status.done == 6
    assert not sweep.frame.equals(small(tmp_path / "t", n=1).frame)
    spoilt = tmp_path / "s" / "world" / "countries.csv"
    spoilt.write_text(spoilt.read_text(encoding="utf-8").replace("Haiti", "Hayti"), "utf-8")
    with pytest.raises(InputError, match="other tables"):
        Sweep(tmp_path / "s").resume(workers=1)
