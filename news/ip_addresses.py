"""Which IP addresses may be connected to: those of the public internet and of NEWSKEEP_ALLOW_NETWORKS.

Only the address that a socket is about to connect to is judged, never the text of a URL: every library reads odd hosts
(2130706433, 0x7f.1, [::ffff:127.0.0.1]) in its own way.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Networks that `is_global` calls public, although they lead to an IPv4 host of the translator's choice, or no outlet
# can be there.
_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # local NAT64, RFC 8215
)
_CLOSED = (
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.IPv6Network("fec0::/10"),  # site-local, RFC 3879
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, RFC 4291
)
# Above 1023: ports that browsers refuse (https://fetch.spec.whatwg.org/#port-blocking), and those of databases.
_NO_WEB_PORTS = frozenset({1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665,
                           6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211})  # fmt: skip
# Top-level names that never lead to the internet, RFC 6761.
_RESERVED_NAMES = frozenset({"test", "example", "invalid", "localhost"})


def may_connect(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Return whether the IP address *address* is public or in one of the *allowed* networks.

    An IPv4 address inside an IPv6 address (mapped, NAT64, 6to4, Teredo) has to be so too.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    networks = tuple(allowed)
    return all(_is_in(part, networks) or _is_public(part) for part in _parts(parsed, networks))


def may_use_port(port: int) -> bool:
    """Return whether *port* may be a web server's; on others, another service might obey what we send."""
    return port in (80, 443) or (port >= 1024 and port not in _NO_WEB_PORTS)


def is_test_host(host: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether *host* is not on the internet: localhost, a reserved test name, an address in an *allowed* network."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return _is_in(ipaddress.ip_address(name), tuple(allowed))
    except ValueError:
        return name.rpartition(".")[2] in _RESERVED_NAMES


def _parts(address: Address, networks: tuple[Network, ...]) -> list[Address]:
    """Return the address and the IPv4 addresses in it; for a mapped one, only its IPv4 address."""
    if isinstance(address, ipaddress.IPv4Address) or _is_in(address, networks):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if any(address in network for network in _TRANSLATED):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    embedded = [address.sixtofour] if address.sixtofour else list(address.teredo or ())
    return [address, *embedded]


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _is_public(address: Address) -> bool:
    closed = address.is_multicast or address.is_reserved or address.is_unspecified or _is_in(address, _CLOSED)
    return address.is_global and not closed
