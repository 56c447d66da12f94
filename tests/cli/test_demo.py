"""The tour: the pretend outlets behave as outlets do, and `newskeep demo` finds in the archive what they printed."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cli.demo.newsstand import VISITS, PretendOutlet, expected_counts, read_newsstand
from cli.demo.pages import LAYOUTS
from cli.demo.site import Site, open_site
from cli.demo.tour import tour_environment
from crawler.extraction.page import read_page
from news.dispositions import Disposition
from news.teasers import remove_teasers


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def outlet_named(site: Site, name: str) -> PretendOutlet:
    return next(outlet for outlet in site.newsstand.outlets if outlet.name == name)


def get(url: str, **headers: str) -> tuple[int, str | None, bytes]:
    """Status, ETag and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(
            "GET", parts.path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers["ETag"], answer.read()
    finally:
        connection.close()


# --- the newsstand


def test_the_two_visits_end_in_every_disposition() -> None:
    newsstand = read_newsstand()

    assert set().union(*(expected_counts(newsstand, visit) for visit in VISITS)) == set(Disposition)


def test_every_layout_is_in_use() -> None:
    assert {outlet.layouts[0] for outlet in read_newsstand().outlets} == set(LAYOUTS)


def test_a_page_whose_teasers_moved_on_has_other_bytes_and_the_same_text(site: Site) -> None:
    outlet = outlet_named(site, "tagblatt")
    url = site.url(outlet, outlet.pages[0])
    _, _, before = get(url)
    site.visit = 2
    _, _, after = get(url)

    assert b"3 hrs ago" in before
    assert b"5 hrs ago" in after
    assert outlet.pages[0].first == outlet.pages[0].later


def test_a_page_that_was_not_touched_answers_304(site: Site) -> None:
    outlet = outlet_named(site, "gazette")
    url = site.url(outlet, outlet.pages[0])
    _, etag, _ = get(url)
    assert etag

    assert get(url, If_None_Match=etag)[0] == 304
    assert get(url, If_None_Match='"another"')[0] == 200


def test_robots_txt_forbids_the_page_that_must_be_skipped(site: Site) -> None:
    outlet = outlet_named(site, "seekurier")
    [forbidden] = [page.path for page in outlet.pages if page.forbidden]

    assert f"Disallow: {forbidden}\n" in get(f"{site.bases[outlet.name]}/robots.txt")[2].decode()


def test_a_page_of_the_second_visit_is_not_there_at_the_first(site: Site) -> None:
    outlet = outlet_named(site, "tagblatt")
    [later] = [page for page in outlet.pages if page.since == 2]

    assert get(site.url(outlet, later))[0] == 404
    assert later.path.encode() not in get(f"{site.bases[outlet.name]}/feed.xml")[2]
    site.visit = 2
    assert get(site.url(outlet, later))[0] == 200
    assert later.path.encode() in get(f"{site.bases[outlet.name]}/feed.xml")[2]


def test_the_layout_break_takes_the_links_off_the_front_page(site: Site) -> None:
    outlet = outlet_named(site, "nordlicht")
    front = f"{site.bases[outlet.name]}/"

    assert get(front)[2].count(b"<h2><a") == len(outlet.pages)
    site.visit = 2
    assert get(front)[2].count(b"<h2><a") == 0


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize("name", [outlet.name for outlet in read_newsstand().outlets])
def test_each_page_is_read_as_it_was_printed(site: Site, name: str, visit: int) -> None:
    outlet = outlet_named(site, name)
    site.visit = visit
    for page in outlet.pages:
        if page.status == 200 and page.since <= visit:
            url = site.url(outlet, page)
            article = remove_teasers(read_page(get(url)[2], url))
            printed = page.text(visit)
            assert (article.headline, article.lead) == (printed.headline, printed.lead)
            assert article.paragraphs == printed.paragraphs


# --- the tour


def test_settings_of_the_user_do_not_reach_the_tour() -> None:
    of_the_user = {"NEWSKEEP_DATABASE_URL": "postgresql://elsewhere/", "FETCH_MAX_BYTES": "10", "HOME": "/home/tom"}

    environ = tour_environment(Path("/tmp/x"), of_the_user)

    assert environ.keys() & of_the_user.keys() == {"HOME"}


@pytest.mark.slow
def test_the_tour_finds_what_the_outlets_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo", "--json"], capture_output=True, text=True, timeout=180, check=False
    )

    assert done.returncode == 0, done.stderr
    *checks, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert [check["name"] for check in checks if not check["ok"]] == []
    assert summary["type"] == "summary"
    assert summary["ok"]
    assert summary["checks"] == len(checks) > 10
