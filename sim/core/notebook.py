"""How objects show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def facts_html(title: str, facts: Mapping[str, object]) -> str:
    """Return a title and a table of facts as HTML; what is empty is left out."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(str(fact))}</td></tr>'
        for name, fact in facts.items()
        if fact not in (None, "", ())
    )
    return f"<p><strong>{escape(title)}</strong></p><table><tbody>{rows}</tbody></table>"
