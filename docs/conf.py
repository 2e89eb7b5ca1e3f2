"""Settings of the documentation site: make docs-site builds it into build/site, offline."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import matplotlib as mpl
import typer
from matplotlib.axes import Axes
from pygments.lexers.special import TextLexer
from sphinx_gallery.scrapers import figure_rst
from sphinx_gallery.sorting import FileNameSortKey
from typer.cli import get_docs_for_click

from sim.app.export.exported_page import world_page, write_page
from sim.app.export.run_recorder import recorder_of
from sim.cli.export import write_levers
from sim.cli.main import app as command_line
from sim.core.version import __version__
from sim.world import load_world

if TYPE_CHECKING:
    from sphinx.application import Sphinx

mpl.use("agg")
for chatty in ("MESA", "arviz"):  # Sphinx shows what they note otherwise
    logging.getLogger(chatty).setLevel(logging.WARNING)

project = "Paradiplomacy"
author = "The Paradiplomacy authors"
project_copyright = author
version = release = __version__

# The folder of sources is the repository, so that its README files and paper are pages, too, and
# links to files of the code lead to copies of them.
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "docs/api.rst",
    "build/tutorials/*",
    "build/gallery/*",
    "paper/paper.md",
    "results/README.md",
    "benchmarks/README.md",
    "examples/*/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
]
exclude_patterns = [".*", "build/site", "build/doctrees", "sim", "tests", "calibration", "tools"]
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
]
nitpick_ignore_regex = [("py:.*", r"(?!sim\.\w+$).*")]  # what is public is here
suppress_warnings = ["config.cache"]  # the order of the gallery is a class

html_theme = "furo"
html_title = f"Paradiplomacy {version}"
html_extra_path = ["site"]  # the address without a page leads to the first one
html_static_path = ["static"]
html_css_files = ["gallery.css"]
html_copy_source = False

myst_enable_extensions = ["colon_fence", "dollarmath", "attrs_inline"]
myst_heading_anchors = 4
bibtex_bibfiles = [str(Path(__file__).parents[1] / "paper" / "paper.bib")]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autosummary_generate = True
napoleon_google_docstring = False
napoleon_use_rtype = False


_saved: WeakSet[Axes] = WeakSet()


def figure_scraper(block: object, seen: dict[str, Any], gallery: dict[str, Any]) -> str:
    """Save the figure of the axes that a block shows: pyplot does not know the package's."""
    shown = seen["example_globals"].get("___")  # the value of the last line that has one
    if not isinstance(shown, Axes) or hasattr(shown.figure, "number") or shown in _saved:
        return ""
    _saved.add(shown)
    path = next(seen["image_path_iterator"])
    shown.figure.savefig(path, dpi=100, bbox_inches="tight")
    return figure_rst([path], gallery["src_dir"])


sphinx_gallery_conf = {
    "image_scrapers": ("matplotlib", figure_scraper),
    "ignore_repr_types": r"matplotlib\.",
    "examples_dirs": ["docs/tutorials", "docs/gallery"],
    "gallery_dirs": ["build/tutorials", "build/gallery"],
    "within_subsection_order": FileNameSortKey,
    "filename_pattern": "",  # every example runs, and one that fails fails the build
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
}


_BIBLIOGRAPHY = "\n```{bibliography}\n```\n"


def _with_whole_summaries(command: Any) -> Any:
    """Return a command whose list of commands tells the first sentence of each in full."""
    for inner in getattr(command, "commands", {}).values():
        inner.short_help = " ".join((inner.help or "").split("\n\n")[0].split())
        _with_whole_summaries(inner)
    return command


def _help_of_commands() -> str:
    """Return the help of all commands as Markdown."""
    command = _with_whole_summaries(typer.main.get_command(command_line))
    told = get_docs_for_click(
        obj=command, ctx=typer.Context(command), name="paradiplomacy", title="Commands"
    )
    told = re.sub(r"\x08\nExample:\n +(.*)", r"Example:\n\n```console\n$ \1\n```", told)
    return re.sub(r"^#", "##", told, flags=re.M)


def fill(app: Sphinx, page: str, text: list[str]) -> None:
    """Put the help of all commands into the page about them, and make citations of Pandoc's.

    The page about exported files shows one with levers, and how far off that is.
    """
    if page == "docs/export" and app.builder.name == "html":
        file = Path(app.outdir) / "docs" / "what-if.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        text[0] = text[0].replace(
            "<!-- error -->", write_levers("baseline", load_world(), 10, file)
        )
    if page == "docs/command-line":
        text[0] = text[0].replace("<!-- commands -->", _help_of_commands())
    if page == "paper/paper":
        body = text[0].split("---\n", 2)[2]
        body = re.sub(r"^#", "##", body, flags=re.M)
        text[0] = "# A short paper\n" + re.sub(r"\[(@[^]]+)\]", _cited, body) + _BIBLIOGRAPHY


def _cited(found: re.Match[str]) -> str:
    """Return a citation of Pandoc's as one of Sphinx."""
    return "{cite:p}`" + ",".join(re.findall(r"@([\w-]+)", found[1])) + "`"


def give_captions_a_level(
    _: Sphinx, page: str, template: str, context: dict[str, Any], tree: object
) -> None:
    """Say to readers of screens which level the captions of the contents have."""
    for part in ("body", "furo_navigation_tree"):
        if part in context:
            context[part] = context[part].replace(
                'class="caption" role="heading"', 'class="caption" role="heading" aria-level="2"'
            )


def export_a_world(app: Sphinx, fault: Exception | None) -> None:
    """Write the file that docs/export.md shows inside its page."""
    if app.builder.name == "html" and fault is None:
        recorder = recorder_of("jujuy", load_world())
        recorder.record()
        write_page(Path(app.outdir) / "docs" / "world.html", world_page([recorder]))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what fills pages."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", fill)
    app.connect("html-page-context", give_captions_a_level, priority=900)  # after the theme
    app.connect("build-finished", export_a_world)
    app.connect("env-get-outdated", lambda *_: ["docs/command-line"])  # its text is code's
    return {"parallel_read_safe": True}
