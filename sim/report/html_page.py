"""Pages of HTML from the templates; every text that comes in goes out escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.core.files import write_text
from sim.core.folders import make_folder
from sim.report.figure_choice import Choice, FigureNames, belonging, known_format
from sim.report.figure_style import save_all
from sim.report.line_breaks import unbroken

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.axes import Axes

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Content policy of a page: it may load nothing but what it holds."""


class Table(NamedTuple):
    """Hold the texts of a table whose first column names the rows.

    ``numbers`` are the positions of the columns that hold numbers, set flush right.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[int] = ()


class Figure(NamedTuple):
    """Hold a drawing as PNG or SVG, what a reader who can't see it should know, and its caption."""

    drawing: bytes
    alt: str
    caption: str
    square: bool = False

    @property
    def data(self) -> str:
        """Return the drawing as the address that holds it."""
        kind = "png" if self.drawing.startswith(b"\x89PNG") else "svg+xml"
        return f"data:image/{kind};base64,{b64encode(self.drawing).decode('ascii')}"


@cache
def _environment(package: str) -> Environment:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    folders = [PackageLoader(name) for name in dict.fromkeys((package, "sim.report"))]
    environment = Environment(
        loader=ChoiceLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment


def render(template: str, package: str = "sim.report", **fields: Any) -> str:
    """Fill in a template of a package's folder ``templates``, or of that of the reports."""
    # Sections enter themselves into the list of contents, which stands above them.
    page = _environment(package).get_template(template)
    return unbroken(page.render(policy=POLICY, contents=[], **fields))


def write_report(
    page: Path,
    names: FigureNames,
    chosen: tuple[Choice, str],
    captions: Mapping[str, str],
    draw: Callable[[str], Axes],
    html: Callable[[dict[str, bytes]], str],
    save: Callable[[Mapping[str, str], Path, str], list[Path]] | None = None,
) -> Path:
    """Write a page, and ``figures/`` beside it, in the place of earlier ones; return the page.

    ``names`` are what figures can be ``chosen`` by, and in which format; ``captions`` are those of
    all figures by name. ``html`` makes the page of each drawing by its name. ``save`` may stand for
    :func:`sim.report.figure_style.save_all`.

    InputError or MachineError if there is no such figure, or the folder cannot be written to.
    """
    figures, form = chosen
    shown = belonging(captions, names.chosen(figures))
    place, drawings = make_folder(page.parent), {}
    if shown:
        save = save or partial(save_all, draw)
        written = save(shown, place / "figures", known_format(form))
        drawings = {path.stem: path.read_bytes() for path in written}
    write_text(page, html(drawings))
    return page
