import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.urls import believed_canonical, canonicalise, fetchable, host_of, same_site, url_key

PAGE = "https://www.example.org/politik/zug-entgleist-12345.html"


def key(url: str) -> int:
    return url_key(canonicalise(url))


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.ORG:443/a", "https://example.org/a"),
        ("http://example.org", "http://example.org/"),
        ("  https://example.org/a\n#top ", "https://example.org/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),  # not strasse.example, which has another owner
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../..", "https://example.org/"),
        ("https://example.org/%7euser/%c3%bc/100%", "https://example.org/~user/%C3%BC/100%25"),
        ("https://example.org/a?b=2&a=1&&b=1", "https://example.org/a?a=1&b=2&b=1"),
        ("https://example.org/a?print&q=x+y", "https://example.org/a?print&q=x%20y"),
        ("https://example.org/a?utm_source=rss&UTM_Medium=x&fbclid=1&mc_cid=2&gclid=3", "https://example.org/a"),
        ("https://example.org/a?id=7?utm_source=rss&utm_medium=x", "https://example.org/a?id=7"),
        ("https://example.org/a&utm_source=rss&utm_medium=x", "https://example.org/a"),
        ("https://example.org/research&development=1", "https://example.org/research&development=1"),
        ("https://example.org/a?q=who?me=1", "https://example.org/a?q=who?me=1"),
        ("https://example.org/a;jsessionid=0A1B2C?PHPSESSID=abc", "https://example.org/a"),
        ("https://example.org/a?ref=rss&source=newsletter", "https://example.org/a"),
        ("https://example.org/zug-in-linz-1/amp/", "https://example.org/zug-in-linz-1"),
        ("https://example.org/amp/politik/zug-in-linz", "https://example.org/politik/zug-in-linz"),
        ("https://example.org/zug-in-linz.amp.html?amp=1", "https://example.org/zug-in-linz.html"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a-1", "https://www.example.org/a-1"),
        ("https://a.cdn.ampproject.org/v/./a.example/b", "http://a.example/b"),
        ("https://a.cdn.ampproject.org/c/s/a.example:x/a-1", "https://a.cdn.ampproject.org/c/s/a.example:x/a-1"),
        ("https://www.google.com/amp/s/example.org/a-1?x=1", "https://example.org/a-1?x=1"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
    ],
)
def test_address_has_one_spelling(url: str, canonical: str) -> None:
    assert canonicalise(url) == canonical


@pytest.mark.parametrize(
    "variant",
    [
        "http://www.example.org/politik/zug-entgleist-12345.html",
        "https://example.org/politik/zug-entgleist-12345.html",
        "https://m.example.org/politik/zug-entgleist-12345.html",
        "https://mobile.example.org/politik/zug-entgleist-12345.html",
        "https://amp.example.org/politik/zug-entgleist-12345.html?utm_source=x#c",
        "https://www.example.org//politik/zug-entgleist-12345.html/",
    ],
)
def test_variants_of_a_page_have_one_key(variant: str) -> None:
    assert key(variant) == key(PAGE)


def test_index_file_and_folder_have_one_key() -> None:
    assert key("https://example.org/politik/index.html") == key("https://example.org/politik/")


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?ref=123", "https://example.org/a?ref=124"),
        ("https://example.org/a?source=4711", "https://example.org/a"),
        ("https://example.org/a?sid=17", "https://example.org/a?sid=18"),
        ("https://example.org/a?page=2", "https://example.org/a"),
        ("https://example.org/tag/amp", "https://example.org/tag"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://m.de/a", "https://de/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ],
)
def test_different_pages_keep_different_keys(url: str, other: str) -> None:
    assert key(url) != key(other)


@pytest.mark.parametrize(
    "url",
    ["", "mailto:a@b", "javascript:void(0)", "ftp://example.org/", "//example.org/a", "https://", "https://a b/", "a/b",
     "https://example.org:99999/", "https://[::1/", "https://" + "a" * 300 + ".org/",
     "https://example.org/" + "a" * 9000],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonicalise(url)


# Input and href (null: no URL) as in url/resources/urltestdata.json of web-platform-tests (3-clause BSD), a selection
# that stands without a base; some more in the same form, whose hrefs ada-url 4.0.0 gave. Browsers also take
# "http:example.org" for http://example.org, and hosts like "." and "-a.example"; we take them for mistakes.
WHATWG = [json.loads(line) for line in (Path(__file__).parent / "whatwg_urls.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("url", "href"), WHATWG)
def test_address_is_read_as_browsers_read_it(url: str, href: str | None) -> None:
    if href is None:
        with pytest.raises(ValueError, match=r"."):
            canonicalise(url)
    else:
        assert canonicalise(url) == canonicalise(href)


def test_addresses_that_browsers_tell_apart_have_keys_of_their_own() -> None:
    plain: dict[int, set[str]] = {}
    for url, href in WHATWG:
        if href:  # what a key leaves out: scheme, user, a dot behind the host, doubled and last slashes
            page = re.sub(r"^https?://([^/?#]*@)?", "", href.partition("#")[0]).replace("./", "/", 1)
            plain.setdefault(key(url), set()).add(re.sub(r"/+", "/", page).rstrip("/"))

    assert [pages for pages in plain.values() if len(pages) > 1] == []


def test_key_fits_a_signed_64_bit_column() -> None:
    keys = [key(f"https://example.org/{number}") for number in range(50)]

    assert min(keys) < 0 < max(keys)
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_fetched_address_is_the_one_found() -> None:
    assert fetchable(" https://example.org/ü?utm_source=rss#top\x00") == "https://example.org/ü?utm_source=rss"


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        ("https://eva:secret@example.org:8443/a", "https://example.org:8443/a"),
        ("HTTP://eva@x@example.org", "HTTP://example.org"),
        ("https://example.org/@eva", "https://example.org/@eva"),
        ("https://example.org?mail=a@b", "https://example.org?mail=a@b"),
        ("https://example.org\\@b/a", "https://example.org\\@b/a"),  # browsers take a backslash for a slash
    ],
)
def test_fetched_address_names_no_user(found: str, asked: str) -> None:
    assert fetchable(found) == asked


def test_host_is_lower_case_without_port() -> None:
    assert host_of("https://User@WWW.Example.org:8443/") == "www.example.org"


def test_site_is_a_host_with_its_variants_and_those_below() -> None:
    assert same_site("https://www.example.org/", "http://m.example.org/a")
    assert same_site("https://example.org/", "https://sport.example.org/")
    assert not same_site("https://example.org/", "https://notexample.org/")
    assert not same_site("http://127.0.0.1:8001/", "http://127.0.0.1:8002/")
    assert not same_site("http://127.0.1.1/", "http://127.0.1.2/")


@pytest.mark.parametrize(
    "declared",
    [
        "https://www.example.org/politik/zug-entgleist-12345.html",
        "/politik/zug-entgleist-12345.html?utm_source=canonical",
        "https://example.org/2024/06/zug-entgleist-12345.html",
    ],
)
def test_declared_address_that_makes_sense_is_believed(declared: str) -> None:
    found = believed_canonical("https://m.example.org/politik/zug-entgleist-12345.html", declared)

    assert found == canonicalise(declared if declared.startswith("h") else "https://m.example.org" + declared)


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "https://www.example.org/",
        "/politik/",
        "https://other.example/politik/zug-entgleist-12345.html",
        "/politik/zug-entgleist-99999.html",
        "javascript:alert(1)",
        "https://[broken",
    ],
)
def test_declared_address_without_sense_is_not_believed(declared: str | None) -> None:
    assert believed_canonical(PAGE, declared) == PAGE


def test_another_headline_in_the_declared_address_is_another_article() -> None:
    page = "https://example.org/news/council-votes-on-bridge"
    assert believed_canonical(page, "/town/train-derails-near-harbour.html") == page


@pytest.mark.parametrize(
    "declared",
    ["/town/council-votes-on-bridge", "/news/council-delays-vote-on-old-bridge.html", "/news/old-bridge-vote"],
)
def test_the_headline_moved_or_written_anew_is_the_same_article(declared: str) -> None:
    page = "https://example.org/news/council-votes-on-bridge"
    assert believed_canonical(page, declared) == f"https://example.org{declared}"


@settings(max_examples=40)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gives_an_address_or_a_clear_refusal(url: str, declared: str) -> None:
    for text in (url, f"https://example.org/{url}", f"http://{url}/a?{declared}"):
        try:
            canonical = canonicalise(text)
        except ValueError:
            continue
        assert canonicalise(canonical) == canonical
        assert canonical.isascii()
        assert re.match(r"https?://[^/\s]+/\S*$", canonical)
        assert key(believed_canonical(text, declared)) is not None


PARTS = st.lists(
    st.sampled_from(["a", "zug-in-linz-1", "amp", "index.html", "%41", "..", "ü", "x.amp.html"]), max_size=4
)
QUERY = st.lists(st.sampled_from(["id=1", "id=2", "a", "b=", "utm_source=x", "ref=rss", "amp=1"]), max_size=4)


@settings(max_examples=40)
@given(PARTS, QUERY)
def test_trackers_fragment_and_host_variant_never_change_the_key(parts: list[str], query: list[str]) -> None:
    path = "/".join(parts)
    plain = f"https://example.org/{path}?{'&'.join(query)}"
    dressed = f"http://www.m.example.org:80/{path}?{'&'.join([*query, 'fbclid=x', 'utm_id=3'])}#frag"

    assert key(plain) == key(dressed)


@settings(max_examples=40)
@given(PARTS, st.integers(0, 99), st.integers(0, 99))
def test_numbers_in_the_query_tell_pages_apart(parts: list[str], first: int, second: int) -> None:
    urls = [f"https://example.org/{'/'.join(parts)}?id={number}" for number in (first, second)]

    assert (key(urls[0]) == key(urls[1])) == (first == second)
    assert urlsplit(canonicalise(urls[0])).query.endswith(f"id={first}")


# --- generated variants

_SLUGS = st.lists(st.sampled_from(["zug", "linz", "wahl", "wien", "amp", "m", "2026", "11"]), min_size=2, max_size=5)
_NUMBERS = st.integers(10_000, 99_999_999)
_FORMS = (
    "https://www.{site}.example/politik/{slug}-{number}.html",
    "https://{site}.example/2026/11/22/{slug}-{number}/",
    "https://{site}.example/story.php?id={number}&title={slug}",
    "https://{site}.example/artikel/{number}",
    "https://www.{site}.example/{slug},{number}",
)


@st.composite
def _articles(draw: st.DrawFn) -> tuple[str, str, int]:
    slug = "-".join(draw(_SLUGS))
    return draw(st.sampled_from(_FORMS)), slug, draw(_NUMBERS)


def _with(url: str, parameter: str) -> str:
    head, mark, tail = url.partition("#")
    return f"{head}{'&' if '?' in head else '?'}{parameter}{mark}{tail}"


def _host(url: str, prefix: str) -> str:
    return re.sub(r"//(?:(?:www|m|amp)\.)?", f"//{prefix}", url, count=1, flags=re.IGNORECASE)


def _turned(url: str) -> str:
    """Its parameters in another order."""
    head, mark, tail = url.partition("#")
    path, _, query = head.partition("?")
    return f"{path}?{'&'.join(reversed(query.split('&')))}{mark}{tail}" if query else url


_VARIANTS = (
    lambda url: url.replace("https://", "http://", 1),
    lambda url: _host(url, "m."),
    lambda url: _host(url, "www."),
    lambda url: _host(url, ""),
    lambda url: _host(url, "amp."),
    lambda url: _with(url, "utm_source=twitter&utm_medium=social"),
    lambda url: _with(url, "fbclid=IwAR0abc"),
    lambda url: _with(url, "wt_mc=nl.red.ho"),
    lambda url: _with(url, "at_medium=RSS&xtor=RSS-1"),
    lambda url: _with(url, "ref=rss"),
    lambda url: _with(url, "amp=1"),
    lambda url: _with(url, "PHPSESSID=0a1b2c3d4e5f"),
    lambda url: url if "#" in url else url + "#comments",
    lambda url: url.replace("://", "://WWW.", 1) if "://www." not in url.lower() else url,
    lambda url: url if "?" in url or "#" in url else url.rstrip("/") + "/",
    _turned,
)


@settings(max_examples=300)
@given(_articles(), st.lists(st.sampled_from(_VARIANTS), max_size=5))
def test_any_variant_of_an_address_has_its_key(article: tuple[str, str, int], variants: list[object]) -> None:
    form, slug, number = article
    url = form.format(site="krone", slug=slug, number=number)
    variant = url
    for change in variants:
        variant = change(variant)  # type: ignore[operator]

    assert key(variant) == key(url), variant


@settings(max_examples=300)
@given(_articles(), _articles(), st.lists(st.sampled_from(_VARIANTS), max_size=5))
def test_no_variant_leads_to_another_article(
    first: tuple[str, str, int], second: tuple[str, str, int], variants: list[object]
) -> None:
    urls = [form.format(site="krone", slug=slug, number=number) for form, slug, number in (first, second)]
    variant = urls[0]
    for change in variants:
        variant = change(variant)  # type: ignore[operator]

    assert (key(variant) == key(urls[1])) == (urls[0] == urls[1]), variant


@pytest.mark.parametrize("query", ["sid=10001", "session=autumn", "s=euro2024", "token=abcdef12", "id=ab12cd34"])
def test_a_number_a_word_or_another_name_is_no_session(query: str) -> None:
    assert canonicalise(f"https://example.org/a?{query}").endswith(query)
