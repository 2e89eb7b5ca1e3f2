"""The posterior as a file: draws as Parquet, with what they were made by and held to."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.inference.prior import Array
from sim.core import files
from sim.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_NOTES = b"paradiplomacy.calibration"
_DERIVED = "derived."


@dataclass(frozen=True)
class Posterior:
    """Hold draws from a calibration's posterior, in random order.

    ``names`` are of the parameters (P), ``values`` their draws (N, P), ``derived`` draws of derived
    quantities by name, (N,) each. ``made_by`` holds versions, seeds, priors and thresholds: what
    the simulator's identity names, and ``model_version``.
    """

    names: tuple[str, ...]
    values: Array
    derived: Mapping[str, Array]
    made_by: Mapping[str, Any]

    @property
    def frame(self) -> pd.DataFrame:
        """Return the parameters' draws: one row each, one column a parameter."""
        import pandas as pd

        return pd.DataFrame(self.values, columns=list(self.names))

    def central(self) -> dict[str, float]:
        """Return the central point: the parameters' medians, by name."""
        middle = np.median(self.values, axis=0)
        return {name: float(value) for name, value in zip(self.names, middle, strict=True)}

    def first(self, count: int) -> list[dict[str, float]]:
        """Return the first draws as parameters by name; an InputError if there are not so many."""
        if not 1 <= count <= len(self.values):
            raise InputError(
                f"{count} is out of range",
                field="posterior",
                allowed=f"1 to {len(self.values)} draws",
            )
        return [dict(zip(self.names, row, strict=True)) for row in self.values[:count].tolist()]

    def stale(self, identity: Mapping[str, str]) -> list[str]:
        """Return what has changed since the fit, given a simulator's identity at hand."""
        return [name for name, value in identity.items() if self.made_by.get(name) != value]

    def write(self, path: Path) -> None:
        """Write the draws as compressed Parquet, with ``made_by`` in the file's notes."""
        columns = {name: self.values[:, j] for j, name in enumerate(self.names)}
        columns |= {f"{_DERIVED}{name}": draws for name, draws in self.derived.items()}
        table = pa.table(columns)
        notes = json.dumps(files.plain(self.made_by), sort_keys=True)
        table = table.replace_schema_metadata({_NOTES: notes})
        sink = io.BytesIO()
        # Splitting the bytes of numbers and leaving dictionaries out saves a third.
        pq.write_table(
            table,
            sink,
            compression="zstd",
            use_dictionary=False,
            use_byte_stream_split=True,
            write_page_checksum=True,
        )
        files.write_bytes(path, sink.getvalue())


def read_posterior(path: Path) -> Posterior:
    """Return the posterior that was written to a file; an InputError if none can be read."""
    try:
        table = pq.read_table(io.BytesIO(path.read_bytes()), page_checksum_verification=True)
        made_by = json.loads((table.schema.metadata or {})[_NOTES])
    except FileNotFoundError:
        raise InputError(
            "is not there", file=path, allowed="a posterior that the command calibrate wrote"
        ) from None
    except (KeyError, ValueError, pa.ArrowException, OSError) as error:
        raise InputError(f"is no posterior ({error})", file=path) from error
    names = [name for name in table.column_names if not name.startswith(_DERIVED)]
    derived = {
        name.removeprefix(_DERIVED): table[name].to_numpy()
        for name in table.column_names
        if name.startswith(_DERIVED)
    }
    values = np.column_stack([table[name].to_numpy() for name in names])
    return Posterior(tuple(names), values, derived, made_by)


def to_inference_data(
    posterior: Posterior,
    *,
    prior: Array,
    observed: Array,
    predicted: Array,
    statistics: tuple[str, ...],
) -> Any:
    """Return the posterior as ArviZ's InferenceData; None where ArviZ is not installed.

    With it go draws from the prior (N, P), the statistics observed (K,), those of runs at the
    posterior's draws (N, K), and the names of the statistics (K).
    """
    try:
        with warnings.catch_warnings():
            # It announces changes of its own at import.
            warnings.simplefilter("ignore")
            import arviz
    except ImportError:
        return None

    def by_name(draws: Array) -> dict[str, Array]:
        return {name: draws[None, :, j] for j, name in enumerate(posterior.names)}

    groups: dict[str, Any] = {
        "posterior": by_name(posterior.values),
        "prior": by_name(prior),
        "observed_data": {"statistics": observed},
        "posterior_predictive": {"statistics": predicted[None]},
        "coords": {"statistic": list(statistics)},
        "dims": {"statistics": ["statistic"]},
    }
    with warnings.catch_warnings():
        # The predictive runs may be fewer than the posterior's draws.
        warnings.simplefilter("ignore")
        return arviz.from_dict(**groups)
