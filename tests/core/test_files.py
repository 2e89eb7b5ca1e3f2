"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.core import files
from sim.core.errors import InputError
from sim.core.files import (
    MachineError,
    replacing,
    write_bytes,
    write_json,
    write_parquet,
    write_text,
)
from sim.core.folders import clear_folder, make_folder, prepare_folder, results, undo, write_record

WRITERS: list[Callable[[Path], None]] = [
    lambda path: write_text(path, "new"),
    lambda path: write_bytes(path, b"new"),
    lambda path: write_json(path, {"new": 1}),
    lambda path: write_parquet(path, pd.DataFrame({"new": [1]})),
]
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def listing(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_text_bytes_and_json_are_read_back(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "Bío Bío\r\n")
    write_bytes(tmp_path / "b", b"\x00\xff")
    write_json(tmp_path / "c.json", {"name": "Ñuble", "n": np.int64(3), "x": [np.float64(0.5)]})
    assert (tmp_path / "a.txt").read_bytes() == "Bío Bío\r\n".encode()
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    assert json.loads((tmp_path / "c.json").read_text("utf-8")) == {
        "name": "Ñuble",
        "n": 3,
        "x": [0.5],
    }
    assert listing(tmp_path) == ["a.txt", "b", "c.json"]


def test_parquet_is_read_back_and_same_frame_gives_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"month": ["2000-01", "2000-02"], "causes": [[1, 2], []]})
    write_parquet(tmp_path / "a.parquet", frame)
    write_parquet(tmp_path / "b.parquet", frame)
    again = pd.read_parquet(tmp_path / "a.parquet")
    assert [list(c) for c in again["causes"]] == [[1, 2], []]
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_json_turns_numbers_that_are_not_finite_into_null(tmp_path: Path) -> None:
    write_json(
        tmp_path / "a.json",
        {"nan": float("nan"), "inf": np.float64("inf"), "set": {2, 1}, "path": Path("a/b")},
    )
    text = (tmp_path / "a.json").read_text("utf-8")
    assert json.loads(text) == {"nan": None, "inf": None, "set": [1, 2], "path": "a/b"}


def test_json_refuses_what_it_has_no_form_for(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object has no form"):
        write_json(tmp_path / "a.json", {"x": object()})
    assert listing(tmp_path) == []


def test_new_files_follow_the_umask(tmp_path: Path) -> None:
    write_text(tmp_path / "ours", "x")
    (tmp_path / "theirs").write_text("x", encoding="utf-8")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode


def test_temporary_file_keeps_the_suffix(tmp_path: Path) -> None:
    with replacing(tmp_path / "map.svg") as partial:
        assert partial.suffix == ".svg"
        assert partial.parent == tmp_path
        partial.write_text("<svg/>", encoding="utf-8")
    assert listing(tmp_path) == ["map.svg"]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("step", ["fsync", "rename"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), FULL, OSError(errno.EIO, "fault")])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    writer: Callable[[Path], None],
    step: str,
    error: BaseException,
) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with monkeypatch.context() as patch:
        if step == "fsync":
            patch.setattr("sim.core.files.os.fsync", raiser(error))
        else:
            patch.setattr(Path, "replace", raiser(error))
        expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else MachineError
        with pytest.raises(expected):
            writer(target)
    assert target.read_bytes() == b"old"
    assert listing(tmp_path) == ["file"]


def test_a_full_disk_is_one_clear_machine_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def write(self, _: bytes) -> int:
            raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda *_, **__: Full())
        with pytest.raises(MachineError) as caught:
            write_bytes(tmp_path / "file", b"new")
        with pytest.raises(MachineError, match="the disk is full"):
            prepare_folder(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'file'}: cannot write the file: the disk is full"
    assert listing(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_device_is_refused_and_stays_a_device() -> None:
    with pytest.raises(InputError, match="not a regular file"):
        write_bytes("/dev/full", b"x")
    assert Path("/dev/full").is_char_device()


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    script = f"""
        import os, signal
        from sim.core.files import replacing
        with replacing({str(target)!r}) as partial:
            partial.write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=Path(files.__file__).parents[1],
        check=False,
    )
    assert done.returncode != 0
    assert target.read_bytes() == b"old"
    # The part left behind is neither taken for a result nor in the way of a new run.
    target.unlink()
    assert prepare_folder(tmp_path) == tmp_path


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "new"


@pytest.mark.parametrize("name", ["missing/file", "a-folder", "bad\0name", "n" * 300, ""])
def test_a_path_the_user_can_mend_is_an_input_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(InputError):
        write_text(f"{tmp_path}/{name}", "x")
    assert listing(tmp_path) == ["a-folder"]


def test_errors_about_other_files_pass_unchanged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "file"):
        Path("/no/such/source").read_bytes()
    assert listing(tmp_path) == []


def test_a_folder_that_cannot_be_flushed_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        if os.fstat(handle).st_mode & 0o170000 == 0o040000:
            raise OSError(errno.EINVAL, "no")
        real(handle)

    monkeypatch.setattr("sim.core.files.os.fsync", fsync)
    write_text(tmp_path / "file", "x")
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_prepare_folder_makes_parents(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert listing(folder) == []


def test_prepare_folder_refuses_a_folder_with_content(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"not empty \(it holds 'old.txt'\)"):
        prepare_folder(tmp_path)
    assert make_folder(tmp_path) == tmp_path
    assert listing(tmp_path) == ["old.txt"]


def test_only_results_of_this_software_are_overwritten_and_nothing_else_removed(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"no manifest.json of this software; it holds 'mine.txt'"):
        prepare_folder(tmp_path, overwrite=True)
    (tmp_path / "manifest.json").write_text('{"other": "software"}', encoding="utf-8")
    with pytest.raises(InputError, match="results that can be replaced"):
        prepare_folder(tmp_path, overwrite=True)
    (tmp_path / "manifest.json").unlink()
    folder = make_folder(tmp_path)
    (make_folder(folder / "figures") / "mine.png").write_bytes(b"mine")
    write_text(folder / "figures" / "a.svg", "old")
    write_text(folder / "table.csv", "old")
    write_record(folder, {"model_version": "1"})
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    record = json.loads((folder / "manifest.json").read_text("utf-8"))
    old = hashlib.sha256(b"old").hexdigest()
    assert record["written"] == {"figures/a.svg": old, "table.csv": old}
    record["written"] |= {"../outside.txt": old, str(outside): old}
    (folder / "manifest.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        prepare_folder(folder)
    assert listing(folder) == ["figures", "manifest.json", "mine.txt", "table.csv"]
    clear_folder(prepare_folder(folder, overwrite=True))
    assert listing(folder) == ["figures", "mine.txt"]
    assert listing(folder / "figures") == ["mine.png"]
    assert outside.exists()


def test_what_is_half_done_is_removed_again(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folder = prepare_folder(tmp_path / "out")
    write_text(folder / "table.csv", "half")
    write_text(make_folder(folder / "figures") / "a.svg", "half")
    (folder / "figures" / f"{files.PARTIAL}0-probe").write_text(
        "a signal came before it was removed"
    )
    undo(folder)
    assert listing(tmp_path) == []
    # What is gone already is forgotten too.
    prepare_folder(folder).rmdir()
    undo(folder)
    assert Path(os.path.realpath(folder)) not in files.FOLDERS
    write_text(make_folder(tmp_path / "out") / "mine.txt", "mine")
    prepare_folder(tmp_path / "new")
    undo(tmp_path / "new")
    assert listing(tmp_path) == ["out"]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSPC, errno.EIO])
def test_write_that_fails_midway_is_a_fault_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    folder = prepare_folder(tmp_path / "out")
    monkeypatch.setattr("sim.core.files.os.open", raiser(OSError(code, os.strerror(code))))
    with pytest.raises(MachineError, match="cannot write"):
        write_text(folder / "file", "x")
    assert listing(folder) == []


def test_folder_that_is_moved_while_it_is_written_to_is_named(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "out")
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(MachineError, match=r"/out: .*moved or removed meanwhile"):
        write_text(folder / "file", "x")
    assert listing(tmp_path) == ["elsewhere"]


def write_into_two_folders(out: Path) -> None:
    with results(out, False, {"model_version": "1"}) as folder:
        write_text(folder / "file", "x")
        folder.rename(out.with_name("elsewhere"))
        write_text(make_folder(folder / "figures") / "a.svg", "x")


def test_folder_that_is_moved_and_made_again_while_it_is_written_to_is_named(
    tmp_path: Path,
) -> None:
    with pytest.raises(MachineError, match=r"/out: .*moved or removed meanwhile"):
        write_into_two_folders(tmp_path / "out")
    assert listing(tmp_path / "out") == ["figures"]


def test_tables_carry_checksums_of_their_pages(tmp_path: Path) -> None:
    file = tmp_path / "table.parquet"
    write_parquet(file, pa.table({"a": np.random.default_rng(1).random(1000)}))
    content = bytearray(file.read_bytes())
    content[4000] ^= 1
    file.write_bytes(content)
    with pytest.raises((OSError, pa.ArrowException), match=r"(?i)checksum|crc"):
        pd.read_parquet(file, page_checksum_verification=True)


def test_prepare_folder_refuses_files_and_paths_below_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file, not a folder"):
        prepare_folder(tmp_path / "file")
    with pytest.raises(InputError, match="not a directory"):
        prepare_folder(tmp_path / "file" / "below")
    with pytest.raises(InputError, match="not a possible name"):
        prepare_folder("a\0b")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_prepare_folder_refuses_a_folder_that_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(Path, "open", raiser(OSError(code, os.strerror(code))))
    with pytest.raises(InputError, match="cannot write into the folder"):
        prepare_folder(tmp_path)
