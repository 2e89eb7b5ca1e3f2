from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("panel")

from tornado.httpclient import HTTPClientError

from sim.app.hosts import host_of, may_connect, names_of_machine, prefix_of
from sim.core.errors import InputError
from tests.app.serving import PATIENCE, Served, serving_blank
from tests.test_docs import ROOT, parsed

if TYPE_CHECKING:
    from sim.world import World


@pytest.mark.parametrize(
    ("origin", "address", "may"),
    [
        ("http://192.0.2.7:5006", "192.0.2.7", True),
        ("http://192.0.2.7:5006", "::ffff:192.0.2.7", True),
        ("http://[fe80::1]:5006", "fe80::1%eth0", True),
        ("http://192.0.2.7:5007", "192.0.2.7", False),
        ("http://192.0.2.7", "192.0.2.7", False),
        ("http://192.0.2.8:5006", "192.0.2.7", False),
        ("http://elsewhere.example:5006", "192.0.2.7", False),
        ("https://proxy.example", "127.0.0.1", True),
        ("https://PROXY.example", "127.0.0.1", True),
        ("https://proxy.example:8443", "127.0.0.1", False),
        ("null", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
def test_pages_from_this_machine_and_from_allowed_hosts_may_connect(
    origin: str, address: str, may: bool
) -> None:
    assert may_connect(origin, address, 5006, {"proxy.example"}) is may


def test_hosts_and_paths_are_read_as_they_are_written() -> None:
    assert host_of("https://Class.example/") == "class.example"
    assert host_of("https://class.example:443") == "class.example"
    assert host_of("class.example:8443") == "class.example:8443"
    assert [prefix_of(path) for path in ("", "/", "a", "/a/b/")] == ["", "", "/a", "/a/b"]


@pytest.mark.parametrize("wrong", ["", "*", "a b", "ftp://a", "a/b", "http://"])
def test_what_is_no_host_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="allow-origin"):
        host_of(wrong)


@pytest.mark.parametrize("wrong", ["/a b", "/..", "/(", "/a?b"])
def test_what_is_no_path_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="prefix"):
        prefix_of(wrong)


def test_every_address_is_told_by_names_that_can_be_opened() -> None:
    assert names_of_machine("127.0.0.1") == ["localhost", "127.0.0.1"]
    assert names_of_machine("192.0.2.7") == ["192.0.2.7"]
    names = names_of_machine("0.0.0.0")
    assert names[:2] == ["localhost", "127.0.0.1"]
    assert len(names) >= 3
    assert "0.0.0.0" not in names
    assert not any("[" in name for name in names)


def connects(served: Served, origin: str, host: str = "127.0.0.1", prefix: str = "") -> bool:
    """Tell whether a page from there can connect."""

    async def attempt() -> bool:
        token = served.ask(f"{prefix}/").token
        try:
            async with served.connected(token, f"{prefix}/ws", host, Origin=origin):
                return True
        except HTTPClientError as refused:
            return refused.code != 403

    return asyncio.run(asyncio.wait_for(attempt(), PATIENCE))


@pytest.mark.slow
def test_a_class_reaches_the_page_by_every_name_that_is_told(world: World) -> None:
    with serving_blank(world, "0.0.0.0") as served:
        for name in names_of_machine("0.0.0.0"):
            assert connects(served, f"http://{name}:{served.port}")
        for name in names_of_machine("0.0.0.0"):
            try:
                ipaddress.ip_address(name)
            except ValueError:
                continue
            assert connects(served, f"http://{name}:{served.port}", name)
        assert not connects(served, "http://elsewhere.example")
        assert not connects(served, f"http://elsewhere.example:{served.port}")


@pytest.mark.slow
def test_the_page_stands_behind_a_proxy(world: World) -> None:
    with serving_blank(world, origins=["class.example"], prefix="/a/b") as served:
        assert connects(served, "https://class.example", prefix="/a/b")
        assert not connects(served, "https://other.example", prefix="/a/b")
        page = served.ask("/a/b/", Host="class.example")
        assert page.status == 200
        # Relative, or it would miss the prefix.
        assert re.findall(r'(?:src|href)="[^"#]*"', page.text)
        assert re.findall(r'(?:src|href)="(?:/|http)[^"]*"', page.text) == []
        assert served.ask("/a/b").headers["location"] == "/a/b/"
        assert served.ask("/a/b/static/js/bokeh.min.js").status == 200
        assert served.ask("/static/js/bokeh.min.js").status == 404
        assert served.ask("/a/b/favicon.ico").status == served.ask("/favicon.ico").status == 200
        assert served.ask("/").status == 404


def test_the_container_runs_what_there_is() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert re.findall(r"'\.\[(\w+)\]'", recipe) == ["app"]
    assert "app" in project["project"]["optional-dependencies"]
    begins = json.loads(recipe.rpartition("ENTRYPOINT ")[2])
    composed = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    goes_on = json.loads(composed.partition("command: ")[2].partition("\n")[0])
    assert begins[0] == "paradiplomacy"
    options = parsed([*begins[1:], *goes_on]).params
    assert options["address"] == "0.0.0.0"
    assert not options["show"]
    assert f"EXPOSE {options['port']}" in recipe
    assert f':{options["port"]}"]' in composed


def test_the_image_holds_what_the_package_is_built_of_and_no_other_results() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = {
        source
        for sources in re.findall(r"^COPY (.+) \S+$", recipe, re.MULTILINE)
        for source in sources.split()
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    about = (project["project"]["readme"], *project["project"]["license-files"])
    built_of = {*wheel["packages"], *wheel["force-include"], *about, "pyproject.toml"}
    assert copied == built_of | {"constraints.txt"}
    assert all((ROOT / source).exists() for source in copied)
    # What is not copied is not asked for either: a folder of results may be large.
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "results/*" in rules
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        source for source in copied if source.startswith("results/")
    }


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "/a"])
def test_the_container_is_healthy_as_long_as_the_page_answers(world: World, prefix: str) -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    _, found, rest = recipe.partition("    CMD ")
    _, option, check = json.loads(rest.partition("\n")[0])
    assert found
    assert (option, check.count("5006")) == ("-c", 1)
    with serving_blank(world, prefix=prefix) as served:
        check = check.replace("5006", str(served.port)).replace("=8", f"={PATIENCE}")
        asked = [sys.executable, option, check]
        subprocess.run(asked, check=True, timeout=PATIENCE)
    assert subprocess.run(asked, check=False, capture_output=True, timeout=PATIENCE).returncode


@pytest.mark.slow
def test_a_site_that_is_allowed_may_frame_the_page(world: World) -> None:
    with serving_blank(world, ancestors=["moodle.example"]) as served:
        for path in ("/", "/class", "/join", "/favicon.ico"):
            policy = served.ask(path).headers["content-security-policy"]
            assert policy.endswith("frame-ancestors 'self' moodle.example")
