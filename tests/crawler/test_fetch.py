"""The guarded engine, called by `fetch`: what may be fetched, what is refused, and the reason for each failure."""

import gzip
import ipaddress
import socket
import zlib
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path

import pytest

from archive.home import Home
from crawler.fetch import Fetched, fetch
from news.errors import SettingError
from news.settings import read_settings
from tests.site import Answer, Site

SMALL = {"FETCH_TIMEOUT_SECONDS": "1", "FETCH_MAX_BYTES": "200000", "CRAWL_DELAY_SECONDS": "0"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def home_at(path: Path, **settings: str) -> Home:
    return Home(path, read_settings(SMALL | {"NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8"} | settings))


def fetch_one(home: Home, url: str) -> Fetched:
    return fetch(home, [url])[0]


def test_a_page_comes_back_unpacked_with_its_headers(tmp_path: Path, site: Site) -> None:
    site.put("/a", "<p>hello</p>", packed=True)
    page = fetch_one(home_at(tmp_path), site.url("/a"))
    assert (page.status, page.body, page.error) == (200, b"<p>hello</p>", None)
    assert page.content_type.startswith("text/html")


def test_every_request_says_who_asks(tmp_path: Path, site: Site) -> None:
    site.put("/a", "x")
    fetch(home_at(tmp_path), [site.url("/a")], contact="mail@example.org\r\nX-Evil: 1")
    assert [seen.path for seen in site.seen] == ["/robots.txt", "/a"]
    for seen in site.seen:
        assert seen.headers["User-Agent"] == "Newskeep/0.1 (+mail@example.orgX-Evil: 1)"
        assert not seen.headers.keys() & {"Cookie", "Referer", "X-Evil"}


def test_no_packing_is_asked_for_that_warc_tools_cannot_undo(tmp_path: Path, site: Site) -> None:
    site.put("/a", "x")
    fetch(home_at(tmp_path), [site.url("/a")])
    assert {seen.headers["Accept-Encoding"] for seen in site.seen} == {"gzip, deflate"}


def test_an_address_is_asked_for_as_it_was_written(tmp_path: Path, site: Site) -> None:
    site.put("/caf%c3%a9/./a", "x")
    assert fetch_one(home_at(tmp_path), site.url("/caf%c3%a9/./a")).body == b"x"


def test_a_redirect_is_followed_and_its_end_named(tmp_path: Path, site: Site) -> None:
    site.redirect("/old", "/new")
    site.put("/new", "here")
    page = fetch_one(home_at(tmp_path), site.url("/old"))
    assert (page.final_url, page.body) == (site.url("/new"), b"here")


def test_a_redirect_loop_ends(tmp_path: Path, site: Site) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "too_many_redirects"


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "file:///etc/passwd", "data:text/html,x", "javascript:1"])
def test_a_redirect_does_not_leave_the_web(tmp_path: Path, site: Site, target: str) -> None:
    site.redirect("/a", target)
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "bad_redirect"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,x", "s3://bucket/x"])
def test_nothing_but_the_web_is_fetched(tmp_path: Path, url: str) -> None:
    page = fetch(home_at(tmp_path), [url], contact="a@b.c")[0]
    assert (page.status, page.body) == (0, b"")
    assert page.error


def test_a_bomb_is_refused(tmp_path: Path, site: Site) -> None:
    site.put("/bomb", b"0" * 5_000_000, packed=True)
    assert fetch_one(home_at(tmp_path), site.url("/bomb")).error == "too_large"


def test_a_body_over_the_limit_is_refused(tmp_path: Path, site: Site) -> None:
    site.put("/big", b"0" * 300_000)
    assert fetch_one(home_at(tmp_path), site.url("/big")).error == "too_large"


def test_a_body_under_the_limit_is_read_whole(tmp_path: Path, site: Site) -> None:
    site.put("/fits", b"0" * 150_000, packed=True)
    assert len(fetch_one(home_at(tmp_path), site.url("/fits")).body) == 150_000


def test_half_a_page_is_no_page(tmp_path: Path, site: Site) -> None:
    site.put("/half", "<p>half", cut_off=True)
    assert fetch_one(home_at(tmp_path), site.url("/half")).error == "cut_off"


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_half_a_packed_page_is_no_page(tmp_path: Path, site: Site, name: str, pack: Callable[[bytes], bytes]) -> None:
    whole = pack(b"".join(b"<p>paragraph %d</p>" % number for number in range(9000)))
    site.put("/half", whole[: len(whole) // 2], headers={"Content-Encoding": name})
    site.put("/whole", whole, headers={"Content-Encoding": name})
    half, page = fetch(home_at(tmp_path), [site.url("/half"), site.url("/whole")])
    assert half.error == "cut_off"
    assert page.body.endswith(b"<p>paragraph 8999</p>")


def test_a_page_packed_ten_times_is_refused(tmp_path: Path, site: Site) -> None:
    site.put(
        "/a", reduce(lambda body, _: gzip.compress(body), range(10), b"x"), headers={"Content-Encoding": "gzip," * 10}
    )
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "bad_encoding"


def test_a_page_that_only_claims_to_be_packed_is_read(tmp_path: Path, site: Site) -> None:
    site.put("/a", "<p>plain</p>", headers={"Content-Encoding": "gzip"})
    assert fetch_one(home_at(tmp_path), site.url("/a")).body == b"<p>plain</p>"


def test_not_modified_is_no_answer_to_who_never_had_the_page(tmp_path: Path, site: Site) -> None:
    site.put("/a", "", status=304, etag=False)
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "http_304"


def test_what_is_no_http_has_a_name(tmp_path: Path, site: Site) -> None:
    site.put("/a", "x", headers={"X-Nul": "\0"})
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "bad_http"


def test_a_busy_page_is_asked_again(tmp_path: Path, site: Site) -> None:
    site.put("/busy", "", status=503, times=2, after=Answer(b"at last"))
    assert fetch_one(home_at(tmp_path), site.url("/busy")).body == b"at last"
    assert len(site.requests("/busy")) == 3


def test_a_page_that_stays_busy_is_given_up_after_three_tries(tmp_path: Path, site: Site) -> None:
    site.put("/busy", "", status=503, headers={"Retry-After": "0"})
    assert fetch_one(home_at(tmp_path), site.url("/busy")).status == 503
    assert len(site.requests("/busy")) == 3


def test_a_site_that_asks_for_an_hour_is_left_alone(tmp_path: Path, site: Site) -> None:
    site.put("/a", "", status=429, headers={"Retry-After": "3600"})
    site.put("/b", "", status=429, headers={"Retry-After": "3600"})
    first, second = fetch(home_at(tmp_path, CRAWL_DELAY_SECONDS="0.01"), [site.url("/a"), site.url("/b")])
    assert {(first.status, first.error), (second.status, second.error)} == {(429, None), (0, "retry_after")}
    assert len(site.requests("/a") + site.requests("/b")) == 1


def test_robots_txt_is_obeyed(tmp_path: Path, site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private\n", content_type="text/plain")
    site.put("/private/a", "secret")
    site.put("/public", "open")
    private, public = fetch(home_at(tmp_path), [site.url("/private/a"), site.url("/public")])
    assert private.error == "robots_txt"
    assert public.body == b"open"
    assert not site.requests("/private/a")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_robots_txt_is_broken_is_left_alone(tmp_path: Path, site: Site, status: int) -> None:
    site.put("/robots.txt", "", status=status, headers={"Retry-After": "0"})
    site.put("/a", "x")
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == f"robots_http_{status}"
    assert not site.requests("/a")


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_site_without_robots_txt_may_be_read(tmp_path: Path, site: Site, status: int) -> None:
    site.put("/robots.txt", "Disallow: /", status=status)
    site.put("/a", "x")
    assert fetch_one(home_at(tmp_path), site.url("/a")).body == b"x"


def test_rules_after_500_kib_of_robots_txt_do_not_count(tmp_path: Path, site: Site) -> None:
    site.put("/robots.txt", b"User-agent: *\n" + b"#" * 512_000 + b"\nDisallow: /\n", content_type="text/plain")
    site.put("/a", "x")
    assert fetch_one(home_at(tmp_path, FETCH_MAX_BYTES="1000000"), site.url("/a")).body == b"x"


# The address guard. 127.0.0.0/8 is what the test site needs; here it is closed, or reached around.


def test_loopback_is_closed_unless_it_is_named(tmp_path: Path, site: Site) -> None:
    page = fetch(home_at(tmp_path, NEWSKEEP_ALLOW_NETWORKS="10.0.0.0/8"), [site.url("/a")], contact="a@b.c")[0]
    assert page.error == "forbidden_address"
    assert site.seen == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0", "[::]"],
)
def test_no_spelling_of_loopback_gets_through(tmp_path: Path, site: Site, host: str) -> None:
    page = fetch(
        home_at(tmp_path, NEWSKEEP_ALLOW_NETWORKS="10.0.0.0/8"), [f"http://{host}:{site.port}/a"], contact="a@b.c"
    )
    assert page[0].error in {"forbidden_address", "bad_url"}
    assert site.seen == []


def test_ipv6_loopback_is_closed_where_only_ipv4_is_named(tmp_path: Path) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        page = fetch(home_at(tmp_path), [f"http://[::1]:{server.getsockname()[1]}/"], contact="a@b.c")
    assert page[0].error == "forbidden_address"


def test_a_redirect_into_a_closed_network_is_refused(tmp_path: Path, site: Site) -> None:
    with Site("127.0.0.2") as inside:
        inside.put("/secret", "x")
        site.redirect("/a", inside.url("/secret"))
        page = fetch_one(home_at(tmp_path, NEWSKEEP_ALLOW_NETWORKS="127.0.0.1/32"), site.url("/a"))
        assert page.error == "forbidden_address"
        assert inside.seen == []


def test_a_robots_txt_that_redirects_into_a_closed_network_is_refused(tmp_path: Path, site: Site) -> None:
    with Site("127.0.0.2") as inside:
        site.redirect("/robots.txt", inside.url("/robots.txt"))
        page = fetch_one(home_at(tmp_path, NEWSKEEP_ALLOW_NETWORKS="127.0.0.1/32"), site.url("/a"))
        assert page.error == "forbidden_address"
        assert inside.seen == []


def test_a_name_is_reached_at_its_open_addresses(tmp_path: Path, site: Site) -> None:
    site.put("/a", "x")
    addresses = {info[4][0] for info in socket.getaddrinfo("localhost", site.port)}
    assert "127.0.0.1" in addresses
    assert fetch_one(home_at(tmp_path), f"http://localhost:{site.port}/a").body == b"x"


def test_a_port_of_another_service_is_not_asked(tmp_path: Path) -> None:
    assert fetch_one(home_at(tmp_path), "http://127.0.0.1:25/").error == "forbidden_port"


def test_a_proxy_in_the_environment_is_not_used(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.put("/a", "x")
    assert fetch_one(home_at(tmp_path), site.url("/a")).body == b"x"


def test_a_live_site_needs_a_contact(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="NEWSKEEP_CONTACT"):
        fetch(home_at(tmp_path), ["https://www.spiegel.de/"])


def test_allowing_a_network_is_read_from_the_settings(tmp_path: Path) -> None:
    assert home_at(tmp_path).settings["NEWSKEEP_ALLOW_NETWORKS"] == (ipaddress.ip_network("127.0.0.0/8"),)
