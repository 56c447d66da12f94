"""Session ids in links under names that nobody knows: one article, stored once."""

from secrets import token_hex

from sqlalchemy import Engine

from archive.home import Home
from tests.e2e.test_whole_crawls import counts, crawl_site, page_of_links, rows
from tests.site import Site, article_page, story

PATH = "/town/show-article"


def put_articles(site: Site, subjects: dict[str, str], name: str = "visitor") -> None:
    """List and serve an article for each subject, each link with a session id of its own."""
    queries = {subject: f"?n={number}&{name}={token_hex(4)}" for number, subject in enumerate(subjects)}
    site.put("/", page_of_links(*(PATH + query for query in queries.values())), etag=False)
    for subject, text in subjects.items():
        site.put(PATH + queries[subject], article_page(f"News of {subject}", *story(subject), text), etag=False)


def test_addresses_that_differ_in_a_session_id_are_one_article_with_its_revisions(home: Home, engine: Engine) -> None:
    subjects = {"bridges": "It rained.", "schools": "It rained a little.", "harbours": "It did not rain."}
    with Site() as site:
        for _ in range(3):
            put_articles(site, subjects)
            crawl_site(home, engine, site)
        subjects["schools"] = "The vote was taken on Monday, and not on Tuesday as we had written before."
        put_articles(site, subjects)
        assert counts(crawl_site(home, engine, site)) == {"revised": 1, "unchanged": 2}
    assert rows(engine, "select count(*), max(revisions) from v_articles") == [(3, 2)]
    assert rows(engine, "select count(*) from v_links where kind = 'article'") == [(9,)]  # of two crawls, and without
    assert rows(engine, "select found -> 'session_names' from outlets") == [(["visitor"],)]


def test_ids_of_articles_in_the_query_stay_even_if_some_articles_are_published_twice(
    home: Home, engine: Engine
) -> None:
    with Site() as site:
        pages = {1: "bridges", 2: "schools", 3: "harbours", 4: "bridges", 5: "schools", 6: "forests"}
        for shown in ([1, 2, 3], [4, 5, 6], [1, 2, 3, 4, 5, 6]):
            site.put("/", page_of_links(*(f"{PATH}?article={number}" for number in shown)), etag=False)
            for number in shown:
                subject = pages[number]
                site.put(f"{PATH}?article={number}", article_page(f"News of {subject}", *story(subject)), etag=False)
            crawl_site(home, engine, site)
    assert rows(engine, "select count(*) from v_articles") == [(4,)]
    assert rows(engine, "select found ? 'session_names' from outlets") == [(False,)]
