"""Turn the plan of a tile map into blocks of tiles, one block per country.

Each start anneals the countries' regions (:mod:`tools.tile_map.regions`) from the same plan with
its own random numbers. Between rounds every country's form is laid over the centre of the tiles it
holds, so that crowded countries move apart as a whole instead of losing their shape. The best
start is kept: all borders closed, directions and forms true, coasts short, not too large.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label
from scipy.optimize import linear_sum_assignment

from tools.tile_map import regions
from tools.tile_map.placement import Flags, Floats, Ints, PlacementProblem, geographic_centres
from tools.tile_map.regions import SEA

STARTS = 8
ROUNDS = 12
SWEEPS = 200
LAST_SWEEPS = 1000
HOTTEST, COLDEST = 700.0, 4.0
# Share by which a country's form is drawn back to its planned place in each round.
ANCHOR = 0.4
# Price of one squared tile of distance from a country's form.
FORM_PRICE = 40.0
COAST_PRICE, FRONTIER_PRICE = 60, 80
# Prices of a border by its number of edges: missing, one, two, more.
BORDER_PRICES = (3000, 200, 50, 0)
# Prices of a sea tile with three and with four sides of land.
POCKET_PRICES = (0, 0, 0, 60, 600)
MARGIN = 7
# Rows and columns that the finished map should not exceed.
LARGEST = 44


@dataclass
class TileArrangement:
    """Hold one arrangement of tiles while it changes.

    Parameters
    ----------
    labels
        Country of each tile or ``SEA``, shape (rows, columns).
    kind
        How countries stand to each other, shape (K, K), see :mod:`tools.tile_map.regions`.
    sizes
        Tiles each country needs, shape (K,).
    """

    labels: Ints
    kind: Ints
    sizes: Ints
    area: Ints = field(init=False)
    contacts: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Count areas and contacts."""
        self.area = np.bincount(self.labels[self.labels >= 0], minlength=len(self.sizes))
        self.contacts = np.where(self.kind == regions.BORDER, edges(self.labels, self.sizes), -1)


def edges(labels: Ints, sizes: Ints) -> Ints:
    """Count the common edges of each pair of countries, shape (K, K)."""
    count = np.zeros((len(sizes), len(sizes)), dtype=np.int64)
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        meet = (one != SEA) & (other != SEA) & (one != other)
        np.add.at(count, (one[meet], other[meet]), 1)
        np.add.at(count, (other[meet], one[meet]), 1)
    return count


def kinds(world: PlacementProblem) -> Ints:
    """Return how each pair of countries stands to each other, shape (K, K)."""
    same = world.landmass[:, None] == world.landmass[None]
    strangers = np.where(same, regions.SAME_LAND, regions.OVERSEAS)
    return np.where(world.borders, regions.BORDER, strangers).astype(np.int64)


def opening(world: PlacementProblem, clouds: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Give each locality the nearest free tile; return labels and the centres on the sheet.

    Of a country torn apart only the largest piece stays; the rest grows back.
    """
    spots = centres[world.member] + clouds
    shift = MARGIN - spots.min(axis=0)
    spots = spots + shift
    width, height = (int(size) + MARGIN + 1 for size in spots.max(axis=0))
    row, column = np.mgrid[:height, :width]
    inner = _inner(height, width)
    rows, columns = row.ravel()[inner], column.ravel()[inner]
    far = (rows[None] - spots[:, 1:]) ** 2 + (columns[None] - spots[:, :1]) ** 2
    tile = inner[linear_sum_assignment(far)[1]]
    labels = np.full((height, width), SEA, dtype=np.int64)
    labels.flat[tile] = world.member
    for country in range(len(world.names)):
        pieces, count = label(labels == country)
        if count > 1:
            largest = 1 + int(np.bincount(pieces.ravel())[1:].argmax())
            labels[(pieces > 0) & (pieces != largest)] = SEA
    return labels, centres + shift


def _inner(height: int, width: int) -> Ints:
    """Return the flat indices of tiles at least two tiles from the sheet's edge."""
    flat = np.arange(height * width).reshape(height, width)
    return flat[2:-2, 2:-2].ravel()


def block_centres(labels: Ints, count: int) -> Floats:
    """Return the mean position (x, y) of each country's tiles, shape (K, 2)."""
    spots = [np.nonzero(labels == country) for country in range(count)]
    return np.array([[columns.mean(), rows.mean()] for rows, columns in spots])


def _fields(labels: Ints, world: PlacementProblem, clouds: Floats, planned: Floats) -> Ints:
    """Price each tile for each country by its distance from the country's form."""
    height, width = labels.shape
    row, column = np.mgrid[:height, :width]
    centres = (1 - ANCHOR) * block_centres(labels, len(world.names)) + ANCHOR * planned
    prices = np.empty((len(world.names), height, width), dtype=np.int64)
    for country, centre in enumerate(centres):
        form = clouds[world.member == country] + centre
        far = (column[..., None] - form[:, 0]) ** 2 + (row[..., None] - form[:, 1]) ** 2
        nearest = far.min(axis=-1)
        # Linear far out, so that one stray tile doesn't outweigh everything else.
        bent = np.where(nearest < 16, nearest, 8 * np.sqrt(nearest) - 16)
        prices[country] = np.rint(FORM_PRICE * bent)
    outside = np.ones((height, width), dtype=np.bool_)
    outside[2:-2, 2:-2] = False
    prices[:, outside] = 10**7
    return prices


def _proposals(stream: np.random.Philox, inner: Ints, heat: float) -> tuple[Ints, Ints, Ints]:
    """Draw one proposal per inner tile: tile, side, and the increase that is accepted."""
    raw = stream.random_raw(2 * len(inner))
    tile, chance = raw[: len(inner)], raw[len(inner) :]
    which = ((tile >> np.uint64(32)) * np.uint64(len(inner))) >> np.uint64(32)
    side = (tile & np.uint64(3)).astype(np.int64)
    # One proposal in sixteen gives the tile to the sea.
    side[((tile >> np.uint64(2)) & np.uint64(15)) == 0] = 4
    share = ((chance >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return inner[which.astype(np.int64)], side, np.floor(-heat * np.log(share)).astype(np.int64)


def anneal(
    world: PlacementProblem, clouds: Floats, planned: Floats, labels: Ints, key: tuple[int, int]
) -> TileArrangement:
    """Grow all countries from ``labels``.

    Parameters
    ----------
    world
        What is placed.
    clouds, planned
        Forms (n, 2) and places (K, 2) of the countries.
    labels
        Where to start, shape (rows, columns).
    key
        Key of the random numbers: seed and number of the start.
    """
    stream = np.random.Philox(key=np.array(key, dtype=np.uint64))
    sheet = TileArrangement(labels.copy(), kinds(world), world.sizes)
    inner = _inner(*labels.shape)
    border = np.zeros(4 * int(world.sizes.max()) + 8, dtype=np.int64)
    border[: len(BORDER_PRICES)] = BORDER_PRICES
    for stage in range(ROUNDS + 1):
        price = _fields(sheet.labels, world, clouds, planned)
        last = stage == ROUNDS
        sweeps = LAST_SWEEPS if last else SWEEPS
        start = HOTTEST * (1 - 0.8 * stage / (ROUNDS + 1))
        end = COLDEST if last else 0.3 * start
        for step in range(sweeps):
            done = step / sweeps
            heat = start * (end / start) ** done
            late = (stage + done) / (ROUNDS + 1)
            prices = [40 + 400 * late, COAST_PRICE, FRONTIER_PRICE]
            prices += [100 + 300 * late, 100 + 500 * late]
            regions.sweep(
                sheet.labels,
                sheet.area,
                sheet.sizes,
                sheet.contacts,
                price,
                sheet.kind,
                np.array(prices).astype(np.int64),
                border,
                np.array(POCKET_PRICES),
                *_proposals(stream, inner, heat),
            )
    return sheet


def faults(sheet: TileArrangement) -> tuple[int, int, int, int]:
    """Count wrong areas, missing borders, pairs of countries too close, and enclosed seas."""
    missing = ((sheet.kind == regions.BORDER) & (sheet.contacts == 0)).sum() // 2
    met = edges(sheet.labels, sheet.sizes)
    strangers = ((sheet.kind != regions.BORDER) & (met > 0)).sum() // 2
    near = corners(sheet.labels, sheet.sizes)
    strangers += ((sheet.kind == regions.OVERSEAS) & (near > 0)).sum() // 2
    wrong = np.abs(sheet.area - sheet.sizes).sum()
    return int(wrong), int(missing), int(strangers), seas(sheet.labels) - 1


def corners(labels: Ints, sizes: Ints) -> Ints:
    """Count the pairs of tiles of two countries that touch by a corner only, shape (K, K)."""
    count = np.zeros((len(sizes), len(sizes)), dtype=np.int64)
    for one, other in ((labels[1:, 1:], labels[:-1, :-1]), (labels[1:, :-1], labels[:-1, 1:])):
        meet = (one != SEA) & (other != SEA) & (one != other)
        np.add.at(count, (one[meet], other[meet]), 1)
        np.add.at(count, (other[meet], one[meet]), 1)
    return count


def seas(labels: npt.NDArray[np.int64]) -> int:
    """Count the separate pieces of sea; one is the open sea."""
    open_sea: Flags = np.pad(labels == SEA, 1, constant_values=True)
    return int(label(open_sea)[1])


def misfit(sheet: TileArrangement, world: PlacementProblem, clouds: Floats) -> float:
    """Return how bad an arrangement is; any fault outweighs all else."""
    labels, count = sheet.labels, len(world.names)
    centres = block_centres(labels, count)
    form = 0.0
    for country in range(count):
        rows, columns = np.nonzero(labels == country)
        tiles = np.column_stack([columns, rows]) - centres[country]
        cloud = clouds[world.member == country]
        far = ((tiles[:, None] - cloud[None]) ** 2).sum(axis=-1)
        form += float(far[linear_sum_assignment(far)].sum())
    rough = int((labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum())
    rows, columns = np.nonzero(labels != SEA)
    excess = max(0, int(np.ptp(rows)) + 1 - LARGEST) + max(0, int(np.ptp(columns)) + 1 - LARGEST)
    wrong, missing, close, lakes = faults(sheet)
    return (
        100.0 * (wrong + missing + close)
        + 10.0 * lakes
        + 20.0 * turning(world, centres)
        + (form + 2.0 * rough) / len(world.member)
        + excess
    )


def turning(world: PlacementProblem, centres: Floats) -> float:
    """Return how far directions between countries turned: 0 for none, 2 for all reversed.

    One minus the cosine of the angle, averaged over pairs of countries; near pairs and
    neighbours count more.
    """
    real = geographic_centres(world)
    total = weights = 0.0
    for a in range(len(centres)):
        for b in range(a):
            before, after = real[a] - real[b], centres[a] - centres[b]
            length = float(np.hypot(after[0], after[1])) + 1e-9
            weight = (3.0 if world.borders[a, b] else 1.0) / max(1.0, length / 6.0)
            cosine = float(before @ after) / (float(np.hypot(before[0], before[1])) + 1e-9) / length
            total += weight * (1.0 - cosine)
            weights += weight
    return total / weights if weights else 0.0


def blocks(world: PlacementProblem, clouds: Floats, centres: Floats, seed: int) -> Ints:
    """Return the best arrangement of all starts, shape (rows, columns), cut to size."""
    labels, planned = opening(world, clouds, centres)
    found = [anneal(world, clouds, planned, labels, (seed, start)) for start in range(STARTS)]
    found = [sheet for sheet in found if (sheet.area == sheet.sizes).all()] or found
    best = min(found, key=lambda sheet: misfit(sheet, world, clouds)).labels
    rows, columns = np.nonzero(best != SEA)
    return best[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
