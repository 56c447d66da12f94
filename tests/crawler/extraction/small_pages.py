"""One small article, and what a page may say about it in its head."""

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
