"""Which addresses of the Internet Protocol lead out into the public.

An IPv6 address may carry an IPv4 address to which some translator takes it. So an address counts
as public only if it lies in the space that is given out for the public, and if every address that
it carries does too.
"""

from __future__ import annotations

import ipaddress
import socket

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
# All of IPv6 that was ever given out, and what leads nowhere but to the IPv4 address in it: by the
# translator that every network may have (RFC 6052) and by 6to4 (RFC 3056), which some versions of
# Python call private.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_TRANSLATOR = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSLATED = (_TRANSLATOR, ipaddress.IPv6Network("2002::/16"))
# Other forms whose last 32 bits are an IPv4 address: compatible (RFC 4291), translated (RFC 2765).
_LAST_32_BITS = (
    _TRANSLATOR,
    ipaddress.IPv6Network("::/96"),
    ipaddress.IPv6Network("::ffff:0:0:0/96"),
)
# The middle of an interface's half that carries an IPv4 address in any network (ISATAP, RFC 5214).
_ISATAP = (0x00005EFE, 0x02005EFE)
# Ranges that lead nowhere public and that `is_global` does not know in every version of Python.
_NOWHERE = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("2001::/23"),
    ipaddress.ip_network("3fff::/20"),
)


def led_to(ip: Ip) -> list[Ip]:
    """The address, and the IPv4 addresses to which a translating IPv6 address leads."""
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback:
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    inner = [one for one in (ip.sixtofour, *(ip.teredo or ())) if one]
    is_isatap = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
    if is_isatap or any(ip in network for network in _LAST_32_BITS):
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [ip, *inner]


def is_public(ip: Ip) -> bool:
    """Whether it lies in no range that leads to a house of its own, or nowhere."""
    if any(ip in network for network in _TRANSLATED):
        return True
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GIVEN_OUT:
        return False
    is_nowhere = any(ip in network for network in _NOWHERE)
    return ip.is_global and not (ip.is_multicast or is_nowhere)


def is_here(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    name = host.strip("[]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def needs_no_asking(host: str) -> bool:
    """Whether a host is this machine's name, or spells out an address, in any form that is taken
    for one ("127.1"): nobody has to be asked where it leads."""
    if is_here(host):
        return True
    try:
        return bool(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))
    except (socket.gaierror, UnicodeError):
        return False
