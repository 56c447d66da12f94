"""Why a link or a channel ended without a page, as people say it; `v_links` has the short names."""

import re

from news.text import one_line

_WORDS = {
    "robots_txt": "robots.txt",
    "not_html": "not HTML",
    "not_article": "no article",
    "paywall": "paywall stub",
    "since": "too old (--since)",
    "limit": "over --limit",
    "skip_url": "skip_url",
    "article_url": "not article_url",
    "dns": "host not found",
    "tls": "bad certificate, or no TLS",
    "cut_off": "broke off",
    "too_large": "too large",
    "forbidden_address": "private address",
    "crawl_timeout": "out of time",
    "layout_changed": "gave no links where it gave some: its layout has changed",
    "no_links": "nothing in it looks like a link to an article",
    "page_too_costly": "would take the parser too long",
    "no_http": "no answer of a web server",
    "revisit_without_original": "seen again, the first capture not at hand",
    "older_capture": "older than what is known",
    "damaged": "damaged or cut off",
}


def in_words(reason: str) -> str:
    """A reason as people say it: `http_503` is "HTTP 503", `robots_timeout` is "robots.txt: timeout"."""
    if reason.startswith("robots_") and reason != "robots_txt":
        return f"robots.txt: {in_words(reason.removeprefix('robots_'))}"
    status = re.fullmatch(r"http_(\d+)", reason)
    return f"HTTP {status[1]}" if status else _WORDS.get(reason) or one_line(reason.replace("_", " "))
