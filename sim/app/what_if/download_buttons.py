"""The buttons that hand a visitor a file, made on the pool when it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import panel as pn

from sim.app.what_if.downloads import as_file

if TYPE_CHECKING:
    import io

    from sim.app.session import Session
    from sim.app.thread_pool import Cancel

_LOOK = """
.bk-btn, .bk-btn.bk-btn-default { background: var(--paper); border: 1px solid #767676 !important;
  border-radius: 4px; }
.bk-btn a { display: block; padding: .3rem .7rem; color: var(--ink); text-decoration: none; }
"""

Make = Callable[["Cancel"], bytes]


class DownloadButtons:
    """Make buttons that hand over a file.

    Parameters
    ----------
    session
        The visitor.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: set[asyncio.Future[bytes]] = set()

    def button(self, label: str, filename: str, make: Make) -> pn.widgets.FileDownload:
        """Return a button.

        Parameters
        ----------
        label
            What stands on it.
        filename
            Name of the file that the browser keeps; also tells the buttons apart.
        make
            Makes the file's content, on the pool.
        """

        async def content() -> io.BytesIO:
            future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                self._session.submit(
                    make,
                    lambda made: None if future.done() else future.set_result(made),
                    lambda error: self._refuse(future, error),
                    key=f"what_if.file.{filename}",
                )
                return as_file(await future)
            finally:
                self._waiting.discard(future)

        return pn.widgets.FileDownload(
            callback=content,
            filename=filename,
            label=label,
            margin=(4, 8, 4, 0),
            stylesheets=[_LOOK],
        )

    def _refuse(self, future: asyncio.Future[bytes], error: Exception) -> None:
        self._session.notify(str(error), "error")
        future.cancel()

    def close(self) -> None:
        """Let go of files that nobody waits for any more."""
        for future in list(self._waiting):
            future.cancel()
