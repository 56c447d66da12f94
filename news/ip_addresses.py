"""Which network addresses may be connected to: the public internet, and what NEWSKEEP_ALLOW_NETWORKS names.

The decision is about the address a socket is about to connect to, never about the text of a URL: every library reads
odd host names (2130706433, 0x7f.1, [::ffff:127.0.0.1]) in another way.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Networks that `is_global` calls public although a packet to them ends at an IPv4 host of the translator's choice,
# or that no outlet lives in.
_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # local NAT64, RFC 8215
)
_CLOSED = (
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.IPv6Network("fec0::/10"),  # site-local, RFC 3879
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, RFC 4291
)
# Above 1023, from the list of ports that browsers refuse (https://fetch.spec.whatwg.org/#port-blocking), and databases.
_NO_WEB_PORTS = frozenset({1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665,
                           6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211})  # fmt: skip
# Top-level names that never lead to the internet, RFC 6761.
_RESERVED_NAMES = frozenset({"test", "example", "invalid", "localhost"})


def may_connect(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether *address* (an IP address as the socket gets it) is public or lies in one of the *allowed* networks.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is judged by what it carries as well.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    networks = tuple(allowed)
    return all(_named(part, networks) or _public(part) for part in _parts(found, networks))


def may_use_port(port: int) -> bool:
    """True for a port that a web server may stand on; at any other something else might listen to what we say."""
    return port in (80, 443) or (port >= 1024 and port not in _NO_WEB_PORTS)


def is_test_host(host: str, allowed: Iterable[Network] = ()) -> bool:
    """True for a host off the internet: localhost, a reserved test name, an address in an *allowed* network."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return _named(ipaddress.ip_address(name), tuple(allowed))
    except ValueError:
        return name.rpartition(".")[2] in _RESERVED_NAMES


def _parts(address: Address, networks: tuple[Network, ...]) -> list[Address]:
    """Address and the IPv4 addresses in it; a mapped one stands for its IPv4 address alone."""
    if isinstance(address, ipaddress.IPv4Address) or _named(address, networks):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if any(address in network for network in _TRANSLATED):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    embedded = [address.sixtofour] if address.sixtofour else list(address.teredo or ())
    return [address, *embedded]


def _named(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _public(address: Address) -> bool:
    closed = address.is_multicast or address.is_reserved or address.is_unspecified or _named(address, _CLOSED)
    return address.is_global and not closed
