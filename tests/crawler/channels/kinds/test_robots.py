"""Crawl-delay, sitemaps and size limits of robots.txt."""

from crawler.channels.kinds.robots import (
    CACHE_SECONDS,
    RobotsCache,
    RobotsRules,
    count_rules,
    crawl_delay,
    sitemap_lines,
)

URL = "https://a.example/robots.txt"


def test_sitemaps_are_found_wherever_they_stand() -> None:
    text = "User-agent: *\nSitemap: /s.xml # daily\r\nDisallow: /\nSITEMAP:https://b.example/n.xml\nSitemap: /s.xml\n"
    assert sitemap_lines(text, URL) == ("https://a.example/s.xml", "https://b.example/n.xml")


def test_a_path_that_mentions_sitemaps_is_no_sitemap() -> None:
    assert sitemap_lines("Disallow: /Sitemap: x\n# Sitemap: /y.xml\nSitemap: ftp://a/b\n", URL) == ()


def test_the_wait_asked_of_us_is_found() -> None:
    assert crawl_delay("User-agent: *\nCrawl-delay: 2\n\nUser-agent: newskeep\nCrawl-delay: 7.5", "Newskeep") == 7.5


def test_no_crawl_delay_is_none_and_an_absurd_one_is_bounded() -> None:
    assert crawl_delay("User-agent: *\nDisallow: /x", "Newskeep") is None
    assert crawl_delay("User-agent: *\nCrawl-delay: nan", "Newskeep") is None
    assert crawl_delay("User-agent: *\nCrawl-delay: -3", "Newskeep") is None


def test_what_stands_beyond_the_first_500_kib_is_not_read() -> None:
    assert sitemap_lines("#" * 512_000 + "\nSitemap: /late.xml", URL) == ()


def test_the_rules_of_our_own_group_count_and_otherwise_those_for_all() -> None:
    both = "User-agent: *\nDisallow: /a\nDisallow: /b\n\nUser-agent: Newskeep\nUser-agent: other\nAllow: /\n"
    assert count_rules(both, "Newskeep") == 1
    assert count_rules("user-agent: x\nUSER-AGENT: *\nallow: /a # all\ndisallow:\nCrawl-delay: 3\n", "Newskeep") == 1
    assert count_rules("User-agent: other\nDisallow: /\n", "Newskeep") == 0
    assert count_rules("", "Newskeep") == 0


def test_rules_that_could_be_read_are_remembered_and_others_are_not() -> None:
    cache, rules = RobotsCache(), RobotsRules(delay=3.0)
    cache.put("https://a.example", rules)
    cache.put("https://b.example", RobotsRules(closed="robots_http_503"))

    assert cache.get("https://a.example") is rules
    assert cache.get("https://b.example") is None
    cache._entries["https://a.example"] = (cache._entries["https://a.example"][0] - CACHE_SECONDS, rules)
    assert cache.get("https://a.example") is None
