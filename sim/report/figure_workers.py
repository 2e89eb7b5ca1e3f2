"""Draw the figures of a run with further processes; this module is also what they run.

They load what drawing takes while the runs are made, and then take figures in turns with the
process that made them. Whatever they leave undone is drawn there.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from shutil import rmtree
from tempfile import mkdtemp
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from sim.core.errors import InputError
from sim.core.files import MachineError, write_bytes, write_json
from sim.core.folders import make_folder
from sim.core.provenance import cpu_count
from sim.experiments.worker_pool import Notify, WorkerPool, serve
from sim.report.figure_choice import RUN, Choice

if TYPE_CHECKING:
    from sim.experiments.run import RunTables

COMMAND = (sys.executable, "-P", "-m", "sim.report.figure_workers")
"""What starts a worker; the folder to work in and that of the world's tables follow."""
MOST = 3
"""Workers at most: there are few figures."""
SLIM = ("replicate", "month", "kind", "locality", "city", "initiator")
"""Columns of events that figures need."""
Task = tuple[str, str, str]
"""Name, caption and format of a figure."""


class FigureWorkers:
    """Start workers at once, and hand over a run when it is made.

    Which figures there will be is as in :data:`sim.report.figure_choice.RUN`; without any, or
    with one processor, no worker is started. ``world`` is the folder of the tables that the run
    uses, None for the shipped ones.

    InputError if there is no such figure.
    """

    def __init__(self, world: Path | None, figures: Choice = True) -> None:
        size = min(cpu_count() - 1, MOST) if RUN.chosen(figures) else 0
        self.tasks: SimpleQueue[Task | None] = SimpleQueue()
        self.taken = 0
        self.folder = Path(mkdtemp(prefix="paradiplomacy-"))
        command = [*COMMAND, str(self.folder), str(world.resolve()) if world else ""]
        pool = WorkerPool(command, self._given(), size, lambda _: None)
        self.thread = Thread(target=self._work, args=(pool,), daemon=True)
        if size > 0:
            self.thread.start()

    def __enter__(self) -> Self:
        """Return the workers themselves."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the workers end, which may be loading still, and remove what was handed over."""
        self.tasks.put(None)
        rmtree(self.folder, ignore_errors=True)

    def _given(self) -> Iterator[Task]:
        while (task := self.tasks.get()) is not None:
            self.taken += 1
            yield task

    def _work(self, pool: WorkerPool) -> None:
        # What cannot be drawn there is drawn here, which tells why.
        with suppress(InputError, MachineError, OSError):
            pool.work()

    def save_all(
        self, run: RunTables, captions: Mapping[str, str], folder: str | Path, form: str
    ) -> list[Path]:
        """Draw a run's figures as :func:`sim.report.figure_style.save_all` does."""
        _hand_over(run, self.folder)
        for name, caption in captions.items():
            self.tasks.put((name, caption, form))
        # One for the workers, one for this process.
        self.tasks.put(None)
        self.tasks.put(None)
        while (task := self.tasks.get()) is not None:
            _save(run, self.folder, task)
        if self.taken:
            self.thread.join()
        place, written = make_folder(folder), []
        for name, caption in captions.items():
            drawn = self.folder / f"{name}.{form}"
            if not drawn.is_file():
                _save(run, self.folder, (name, caption, form))
            written.append(place / drawn.name)
            write_bytes(written[-1], drawn.read_bytes())
        return written


def _save(run: RunTables, folder: Path, task: Task) -> None:
    from sim.report.figure_style import figure_of, save_as
    from sim.report.figures import draw

    name, caption, form = task
    save_as(figure_of(draw(run, name)), folder / f"{name}.{form}", caption)


def _hand_over(run: RunTables, folder: Path) -> None:
    """Write what figures need of a run, as quickly as it goes."""
    import pyarrow as pa
    from pyarrow.feather import write_feather

    tables = dict(run.tables) | {"per_run": pa.Table.from_pandas(run.per_run)}
    tables["events"] = tables["events"].select(SLIM)
    for name, table in tables.items():
        write_feather(table, folder / f"{name}.arrow", compression="uncompressed")
    write_json(folder / "manifest.json", run.manifest)


def _handed_over(folder: Path, world: Any) -> RunTables:
    from pyarrow.feather import read_table

    from sim.experiments.run import RunTables
    from sim.experiments.saved_run import TABLES, read_manifest, scenario_of_record

    manifest, names = read_manifest(folder), (*TABLES, "per_run")
    tables = {name: read_table(folder / f"{name}.arrow", memory_map=True) for name in names}
    scenario, per_run = scenario_of_record(manifest["scenario"]), tables.pop("per_run").to_pandas()
    return RunTables(scenario, world, manifest["driver"], tables, per_run, manifest)


def _begin(folder: Path, world: Path | None) -> Callable[[Any, Notify], None]:
    import sim.report.figures  # noqa: F401 - to be loaded while the runs are made
    from sim.report.figure_style import new_figure
    from sim.world import load_world

    # Drawings come and go in pieces that a worker has room for until it ends.
    gc.disable()
    # So are the drawing library and its fonts.
    new_figure().text(0.0, 0.0, "x").get_window_extent()
    tables = load_world(world)
    run = cache(lambda: _handed_over(folder, tables))
    return lambda task, notify: _save(run(), folder, task)


if __name__ == "__main__":
    place, tables_of = sys.argv[1:]
    serve(lambda: _begin(Path(place), Path(tables_of) if tables_of else None))
