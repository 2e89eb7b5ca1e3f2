"""Parts of a page of HTML. Every text that comes in goes out escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path

from sim.core.files import write_text
from sim.core.folders import make_folder

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Content policy of a page: it may load nothing but what it holds."""


def write_report(
    folder: str | Path,
    save_figures: Callable[[Path], list[Path]],
    page: Callable[[dict[str, bytes]], str],
) -> Path:
    """Write figures into ``figures/`` and the page that holds them; return the page.

    Parameters
    ----------
    folder
        Gets ``figures/`` and ``report.html``; files of these names are replaced.
    save_figures
        Writes the figures into a folder and returns their files.
    page
        Returns the page as HTML from the SVG of each figure by its name.

    Raises
    ------
    InputError, MachineError
        If the folder cannot be written to.
    """
    place = make_folder(folder)
    written = save_figures(place / "figures")
    drawings = {path.stem: path.read_bytes() for path in written if path.suffix == ".svg"}
    target = place / "report.html"
    write_text(target, page(drawings))
    return target


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph, of the class ``kind`` if given."""
    marked = f' class="{escape(kind)}"' if kind else ""
    return f"<p{marked}>{escape(text)}</p>"


def heading(level: int, text: str) -> str:
    """Return a heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def bullets(texts: Iterable[str]) -> str:
    """Return texts as a list."""
    lines = "\n".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>\n{lines}\n</ul>"


def section(name: str, title: str, parts: Iterable[str]) -> str:
    """Return a section with its heading; ``name`` is where links lead."""
    anchor = escape(name)
    inner = "\n".join(parts)
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-title">\n'
        f'<h2 id="{anchor}-title">{escape(title)}</h2>\n{inner}\n</section>'
    )


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()
) -> str:
    """Return a table whose first column names the rows.

    Parameters
    ----------
    caption
        What the table holds.
    head
        Names of the columns.
    rows
        Cells as text.
    numbers
        Positions of the columns that hold numbers, set flush right.
    """
    right = frozenset(numbers)

    def kind(column: int) -> str:
        return ' class="number"' if column in right else ""

    top = "".join(f'<th scope="col"{kind(i)}>{escape(t)}</th>' for i, t in enumerate(head))
    body = []
    for row in rows:
        cells = [f'<th scope="row"{kind(0)}>{escape(row[0])}</th>']
        cells += [f"<td{kind(i)}>{escape(t)}</td>" for i, t in enumerate(row) if i]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return framed(caption, top, body)


def framed(caption: str, head: str, rows: Iterable[str], kind: str = "") -> str:
    """Return a table of the class ``kind`` whose head and rows are HTML already."""
    label, lines = escape(caption), "\n".join(rows)
    marked = f' class="{escape(kind)}"' if kind else ""
    # A table wider than the screen scrolls by itself, with the keyboard too.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">\n'
        f"<table{marked}>\n<caption>{label}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{lines}\n</tbody>\n</table>\n</div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and what they stand for as a list."""
    rows = "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
    return f"<dl>\n{rows}\n</dl>"


def preformatted(text: str, label: str) -> str:
    """Return a text whose spaces and lines count."""
    return f'<pre tabindex="0" aria-label="{escape(label)}">{escape(text)}</pre>'


def figure(svg: bytes, alt: str, caption: str, kind: str = "") -> str:
    """Return a drawing inside the page, with its caption.

    Parameters
    ----------
    svg
        The drawing.
    alt
        What a reader who does not see it should know.
    caption
        What it shows.
    kind
        ``square`` for a drawing as high as wide.
    """
    data = b64encode(svg).decode("ascii")
    marked = f' class="{escape(kind)}"' if kind else ""
    return (
        f'<figure{marked}>\n<div class="scroll" role="region" tabindex="0" '
        f'aria-label="{escape(caption)}">'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}"></div>\n'
        f"<figcaption>{escape(caption)}</figcaption>\n</figure>"
    )


@cache
def _style() -> str:
    return (files("sim.report") / "page.css").read_text(encoding="utf-8")


def page(
    title: str,
    top: str,
    sections: Sequence[tuple[str, str, Iterable[str]]],
    foot: str,
    style: str = "",
) -> str:
    """Return a whole page.

    Parameters
    ----------
    title
        Title of the window.
    top
        What stands above the list of contents, as HTML.
    sections
        Name, title and parts of each; see :func:`section`.
    foot
        The last line, as text.
    style
        Rules of style beside those of every page.
    """
    links = "\n".join(
        f'<li><a href="#{escape(name)}">{escape(words)}</a></li>' for name, words, _ in sections
    )
    body = "\n".join(section(*given) for given in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{_style()}{style}</style>
</head>
<body>
<header>
{top}
<nav aria-label="Contents"><ul>
{links}
</ul></nav>
</header>
<main>
{body}
</main>
<footer>{paragraph(foot)}</footer>
</body>
</html>
"""
