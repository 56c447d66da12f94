"""One small article, and what a page may say about it in its head."""

# ruff: noqa: E501 (sentences and markup stay whole)

import json
from datetime import datetime

from crawler.extraction.page import read_page
from news.article import Article

URL = "https://outlet.example/politik/bridge"
TEXT = "<p>" + "The council met on Monday evening and decided to repair the old bridge over the river. " * 2 + "</p>"
BODY = f"<h1>The bridge will be mended</h1>{TEXT * 3}"


def read(body: str = BODY, head: str = "", *, now: datetime | None = None, timezone: str | None = None) -> Article:
    page = f"<html lang='en'><head>{head}</head><body>{body}</body></html>"
    return read_page(page, URL, now=now, timezone=timezone)


def claims(**fields: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


# --- an article with a longer text

TITLE = "Swing bridge to close for 18 months"
REPORT = (
    "<p>The council of Harrow Bay voted on Tuesday evening to close the old swing bridge for at least eighteen months.</p>"
    "<p>Drivers will have to take the long way round, which adds about twenty minutes to the trip, the road office said.</p>"
)


def read_report(inner: str = "", head: str = "", title: str = TITLE) -> Article:
    page = f"<html><head>{head}</head><body><article><h1>{title}</h1>{REPORT}{inner}</article></body></html>"
    return read_page(page, "https://outlet.example/town/bridge")
