"""Under which names the page's server can be opened, and whose pages may connect to it."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from sim.app.limits import ADDRESS_CHARACTERS
from sim.core.errors import InputError

_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)
_IPV6 = 6


def may_connect(origin: str, address: str, port: int, allowed: Collection[str]) -> bool:
    """Tell whether a page from an origin, as in ``http://192.0.2.7:5006``, may connect.

    One fetched from this end of the connection may, and one from the hosts allowed.
    """
    host = urlsplit(origin.lower()).netloc
    if host in allowed:
        return True
    name, _, given = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "80")
    try:
        wanted = ipaddress.ip_address(name.strip("[]"))
        here = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(here, "ipv4_mapped", None)
    return given == str(port) and wanted in {here, mapped}


def host_of(origin: str, option: str = "--allow-origin") -> str:
    """Return the host of a page that a user allows something, or raise if it names none.

    >>> host_of("https://Example.org/"), host_of("example.org:8080")
    ('example.org', 'example.org:8080')
    """
    scheme, found, rest = origin.lower().rpartition("://")
    host = rest.rstrip("/")
    if (found and scheme not in {"http", "https"}) or _HOST.fullmatch(host) is None:
        raise InputError(
            f"{origin!r} is not a host that pages come from",
            field=option,
            allowed="a host as in example.org or https://example.org:8443",
        )
    return host.removesuffix(":443" if scheme == "https" else ":80")


def prefix_of(path: str) -> str:
    """Return a path in front of the page's addresses as it is used: empty, or ``/a/b``."""
    parts = [part for part in path.split("/") if part]
    if not all(re.fullmatch(r"[\w-]+", part, re.ASCII) for part in parts):
        raise InputError(
            f"{path!r} is not a path that the page can stand under",
            field="--prefix",
            allowed="letters, digits, -, _ and /, as in /paradiplomacy",
        )
    return "".join(f"/{part}" for part in parts)


def names_of_machine(address: str) -> list[str]:
    """Return under which names and addresses a server that listens there can be opened.

    Every address, as in ``0.0.0.0``, gives the machine's name and all addresses it is known by.
    """
    try:
        meant = ipaddress.ip_address(address)
    except ValueError:
        return [address.lower()]
    if not meant.is_unspecified:
        return ["localhost", str(meant)] if meant.is_loopback else [_written(meant)]
    name = socket.gethostname().lower()
    found = {"localhost": None, "127.0.0.1": None, name: None}
    with contextlib.suppress(OSError):
        for *_, end in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM):
            found[_written(ipaddress.ip_address(str(end[0]).partition("%")[0]))] = None
    # No packet is sent: the system only says from which address it would be.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found[probe.getsockname()[0]] = None
    return [name for name in found if ":" not in name or meant.version == _IPV6]


def is_loopback(host: str) -> bool:
    """Tell whether only the machine itself can open what stands under a host."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def seen_by_others(address: str, names: Collection[str]) -> str:
    """Return an address of the page for other machines, or raise ValueError if it is none.

    A name that stands for the machine itself gives way to the last of ``names`` that does not.
    """
    parts = urlsplit(address[:ADDRESS_CHARACTERS].lower())
    if parts.scheme not in {"http", "https"} or _HOST.fullmatch(parts.netloc) is None:
        raise ValueError(address)
    path = urlsplit(address).path
    if re.fullmatch(r"(?:/[\w-]+)+", path, re.ASCII) is None:
        raise ValueError(address)
    host = parts.netloc
    if is_loopback(parts.hostname or ""):
        known = [name for name in names if re.fullmatch(r"[\d.]+", name) and not is_loopback(name)]
        port = f":{parts.port}" if parts.port is not None else ""
        host = f"{known[-1]}{port}" if known else host
    return f"{parts.scheme}://{host}{path}"


def _written(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return f"[{address}]" if address.version == _IPV6 else str(address)
