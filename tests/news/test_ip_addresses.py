import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.ip_addresses import is_test_host, may_connect, may_use_port

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1", "2001:db8::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "", "localhost", "2130706433", "0x7f.1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not may_connect(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.99.144.80", "2a00:1450:4001:82b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert may_connect(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::ffff:127.0.0.1"])
def test_a_named_network_is_allowed(address: str) -> None:
    assert may_connect(address, LOOPBACK)


@pytest.mark.parametrize("address", ["::1", "10.0.0.1", "169.254.169.254"])
def test_naming_one_network_opens_no_other(address: str) -> None:
    assert not may_connect(address, LOOPBACK)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_no_private_address_hides_in_an_ipv6_address(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    nat64 = ipaddress.IPv6Address((0x64FF9B << 96) | number)
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)
    assert not any(may_connect(str(outer)) for outer in (mapped, nat64, sixtofour))


@given(st.text(max_size=60))
def test_no_text_makes_the_decision_fail(text: str) -> None:
    may_connect(text)
    is_test_host(text)


@pytest.mark.parametrize("host", ["localhost", "outlet-001.test", "a.example", "x.invalid.", "127.0.1.1"])
def test_a_test_host_needs_no_contact(host: str) -> None:
    assert is_test_host(host, LOOPBACK)


@pytest.mark.parametrize("host", ["www.spiegel.de", "example.org", "10.0.0.1", "8.8.8.8", ""])
def test_every_other_host_is_live(host: str) -> None:
    assert not is_test_host(host, LOOPBACK)


@pytest.mark.parametrize("port", [80, 443, 8080, 8700, 49152])
def test_a_web_servers_port_may_be_used(port: int) -> None:
    assert may_use_port(port)


@pytest.mark.parametrize("port", [0, 22, 25, 110, 5432, 6379, 6667, 11211])
def test_a_port_where_no_web_server_stands_may_not_be_used(port: int) -> None:
    assert not may_use_port(port)
