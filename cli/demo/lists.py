"""Where the pretend outlets announce their pages: front page, feed, sitemap and robots.txt."""

from datetime import datetime
from email.utils import format_datetime
from html import escape

from cli.demo.newsstand import PretendOutlet
from cli.demo.pages import published_at


def front_page(outlet: PretendOutlet, visit: int, base: str) -> str:
    """The front page, with a link to the feed where there is one."""
    head = f'<link rel="alternate" type="application/rss+xml" href="{base}/feed.xml">' if outlet.feed else ""
    title = escape(outlet.title)
    return f"""<!doctype html>
<html lang="{outlet.language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body><h1>{title}</h1><main>{_front(outlet, visit)}</main>
<footer><a href="/impressum">Impressum</a></footer></body></html>
"""


def _front(outlet: PretendOutlet, visit: int) -> str:
    if outlet.broken(visit):
        return '<div id="app" data-src="/api/list.json"></div>'  # drawn by a script from now on
    return "".join(
        f'<article><h2><a href="{page.path}">{escape(page.text(visit).headline)}</a></h2>'
        f"<p>{escape(page.text(visit).lead)}</p></article>"
        for page in outlet.listed(visit)
    )


def rss_feed(outlet: PretendOutlet, visit: int, base: str, opened_at: datetime) -> str:
    """The outlet's pages as RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(page.text(visit).headline)}</title><link>{base}{page.path}</link>"
        f"<pubDate>{format_datetime(published_at(outlet, page, opened_at))}</pubDate></item>"
        for page in outlet.listed(visit)
    )
    head = f"<title>{escape(outlet.title)}</title><link>{base}/</link><language>{outlet.language}</language>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def sitemap(outlet: PretendOutlet, visit: int, base: str, opened_at: datetime) -> str:
    """The outlet's pages as a sitemap."""
    urls = "".join(
        f"<url><loc>{base}{page.path}</loc><lastmod>{published_at(outlet, page, opened_at).isoformat()}</lastmod></url>"
        for page in outlet.listed(visit)
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="{space}">{urls}</urlset>'


def robots(outlet: PretendOutlet, base: str) -> str:
    """What may be fetched, and where the sitemap is when the outlet has one."""
    lines = ["User-agent: *", *(f"Disallow: {page.path}" for page in outlet.pages if page.forbidden), "Allow: /"]
    return "\n".join([*lines, f"Sitemap: {base}/sitemap.xml"] if outlet.sitemap else lines) + "\n"
