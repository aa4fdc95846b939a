"""Which addresses of the Internet Protocol lead out into the public."""

from __future__ import annotations

import ipaddress

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
# Translators to IPv4 (RFC 6052, and the old IPv4-compatible form): the last 32 bits say where.
_LAST_32_BITS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Ranges that lead nowhere public and that `is_global` does not know in every version of Python.
_NOWHERE = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("5f00::/16"),
)


def led_to(ip: Ip) -> list[Ip]:
    """The address, and the IPv4 addresses to which a translating IPv6 address leads."""
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback:
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    inner = [one for one in (ip.sixtofour, *(ip.teredo or ())) if one]
    if any(ip in network for network in _LAST_32_BITS):
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [ip, *inner]


def is_public(ip: Ip) -> bool:
    """Whether it lies in no range that leads to a house of its own, or nowhere."""
    is_old_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    is_nowhere = any(ip in network for network in _NOWHERE)
    return ip.is_global and not (ip.is_multicast or is_old_local or is_nowhere)
