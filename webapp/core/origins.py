"""Where a request came from: who is counted as one, and what of an address is kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN = "unknown"


def counted(address: str) -> str:
    """Who tries together: an IPv4 address, or the network of 64 bits that one IPv6 line has."""
    ip = _read(address)
    if ip is None:
        return UNKNOWN
    return str(ip) if ip.version == 4 else _network(ip, 64)


def shortened(address: str) -> str:
    """Enough to recognise a place, too little to find a person: 203.0.113.x, 2001:db8:7::/48."""
    ip = _read(address)
    if ip is None:
        return UNKNOWN
    if ip.is_loopback:
        return "this machine"
    if ip.version == 4:
        return f"{str(ip).rpartition('.')[0]}.x"
    return _network(ip, 48)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks. What cannot be read lies in none."""
    ip = _read(address)
    return ip is not None and any(ip in ipaddress.ip_network(one) for one in networks)


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    ip = _read(address)
    return ip is not None and ip.is_loopback


def is_local(host: str) -> bool:
    """Whether this name of a host means the machine itself."""
    return host in ("localhost", "0.0.0.0") or is_loopback(host)  # noqa: S104


def _read(address: str) -> Ip | None:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


def _network(ip: Ip, bits: int) -> str:
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))
