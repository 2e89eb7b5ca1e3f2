"""Rivals without agents: what they know, how they are fitted and what they draw."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.external import lists as x
from calibration.rivals import (
    AGAINST,
    OF_LISTS,
    RIVALS,
    Rival,
    earlier,
    fit,
    known,
    list_cells,
    list_rival,
    over_years,
    rival_prediction,
)
from sim.world import World

RNG = np.random.default_rng(1)


def test_slopes_and_scatter_are_found_again() -> None:
    x = RNG.normal(size=(4000, 1))
    mean = np.exp(0.5 + 0.7 * x)
    counts = RNG.poisson(mean * RNG.gamma(2.0, 0.5, mean.shape))
    found = fit(Rival(fitted=("x",)), {"x": x}, counts)
    assert found.slopes == pytest.approx([0.5, 0.7], abs=0.08)
    assert found.size == pytest.approx(2.0, abs=0.4)
    errors = np.sqrt(np.diag(found.covariance))
    # Wider than a Poisson regression's own errors, for the counts scatter more.
    assert (errors > 1.2 * np.sqrt(1.0 / counts.sum())).all()
    drawn = np.array([found.drawn(RNG).slopes for _ in range(500)])
    assert drawn.std(axis=0) == pytest.approx(errors, rel=0.2)


def test_what_is_given_is_taken_in_proportion_and_means_add_up() -> None:
    given = RNG.gamma(0.5, 1.0, (300, 1))
    counts = RNG.poisson(3.0 * given)
    found = fit(Rival(given=("size",)), {"size": given}, counts)
    mean = found.mean({"size": given})
    assert mean.sum() == pytest.approx(counts.sum())
    large = given > 0.1
    assert mean[large] / given[large] == pytest.approx(mean[large][0] / given[large][0])


@pytest.mark.parametrize("name", AGAINST)
def test_means_of_every_rival_add_up_over_years(name: str, world: World) -> None:
    units = world.countries["iso3"].tolist()
    cells = known(world, units, range(2005, 2015))
    counts = RNG.poisson(np.exp(0.2 * cells["log_gdp"] - 2.0))
    found = fit(RIVALS[name], cells, counts)
    assert found.mean(cells).sum() == pytest.approx(counts.sum(), rel=0.02)
    assert found.drawn(RNG).counts(cells, RNG).shape == counts.shape


def test_what_is_known_by_hand(world: World) -> None:
    cells = known(world, ["CRI", "CL-CO", "CHL"], [2006, 2007, 2008])
    # Costa Rica turned to Beijing in June 2007.
    assert cells["recognition"][0] == pytest.approx([0.0, 7 / 12, 1.0])
    places = world.localities.set_index("code")
    assert cells["gdp"][1].tolist() == [places["gdp_usd_m"]["CL-CO"]] * 3
    assert cells["authority"][1] == pytest.approx(cells["authority"][2])
    assert over_years(cells)["recognition"][0] == pytest.approx([19 / 36])


def test_a_total_is_shared_out_and_a_regression_foretells_places_left_out(world: World) -> None:
    units = world.localities["code"].tolist()
    cells = over_years(known(world, units, range(2005, 2015)))
    groups = np.unique(world.localities["iso3"], return_inverse=True)[1]
    counts = RNG.poisson(np.exp(cells["log_gdp"][:, 0] - 9.0)).astype(float)
    by_gdp = rival_prediction("gdp", cells, counts, groups, 40)
    assert by_gdp.mean == pytest.approx(counts.sum() * cells["gdp"][:, 0] / cells["gdp"].sum())
    assert by_gdp.thinned is not None
    assert (by_gdp.thinned.sum(axis=1) == counts.sum()).all()
    found = rival_prediction("regression", cells, counts, groups, 40)
    assert np.corrcoef(found.mean, counts)[0, 1] > 0.9
    # What a country has does not bear on what is foretold of it.
    changed = np.where(groups == 5, 10.0 * counts + 3.0, counts)
    again = rival_prediction("regression", cells, changed, groups, 40)
    assert again.mean[groups == 5] == pytest.approx(found.mean[groups == 5])
    assert again.mean.sum() != pytest.approx(found.mean.sum())
    amounts = rival_prediction("size", cells, counts * 7.5, groups, 40, counts=False)
    assert amounts.draws is None


def test_earlier_years_by_hand() -> None:
    assert earlier(np.array([[4, 0, 2], [0, 0, 0]]), 1.0) == pytest.approx(
        np.array([[1.0, 5 / 2, 5 / 3], [1.0, 1 / 2, 1 / 3]])
    )


@pytest.mark.parametrize("name", OF_LISTS)
def test_drawn_lists_are_as_long_as_the_real_ones_and_consistent(name: str) -> None:
    rival, real = list_rival(name), x.observed_lists()
    drawn = rival.draw(np.random.default_rng(5))
    for mine, theirs in zip(drawn, real, strict=True):
        assert mine.shape == theirs.shape
        assert (mine >= 0).all()
    for mine, theirs in ((drawn.by_year, real.by_year), (drawn.by_place, real.by_place)):
        assert mine[x.LARGE].sum() == theirs[x.LARGE].sum()
    assert drawn.by_sector.sum(axis=1).tolist() == drawn.by_year[x.LARGE].sum(axis=1).tolist()
    assert drawn.twinnings_by_country.sum() == real.twinnings_by_country.sum()
    assert (np.diff(drawn.lags, axis=1) > 0.0).all()
    again = rival.draw(np.random.default_rng(5))
    assert all((a == b).all() for a, b in zip(drawn, again, strict=True))
    cells = list_cells()
    by_year, by_place = (
        getattr(rival, of).mean(getattr(cells, of)) for of in ("by_year", "by_place")
    )
    assert by_year.sum() == pytest.approx(real.by_year[x.LARGE].sum(), rel=0.02)
    assert by_place.sum() == pytest.approx(real.by_place[x.LARGE].sum(), rel=0.02)


def test_what_a_rival_knows_shows_in_its_lists() -> None:
    rng = np.random.default_rng(6)
    sums = {
        name: np.mean([list_rival(name).draw(rng).by_year[x.LARGE].sum(1) for _ in range(40)], 0)
        for name in OF_LISTS
    }
    home = x.positions().country
    # Large, and never recognised Beijing before 2007 or at all.
    assert sums["size"][home["BRA"]] > 2 * sums["size"][home["JAM"]]
    assert sums["size_recognition"][home["GTM"]] < 0.2 * sums["size"][home["GTM"]]
    assert sums["persistence"].std() < sums["regression"].std()
