"""What the pretend outlets serve: pages in four layouts, front pages, feeds, sitemaps and robots.txt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from json import dumps

from cli.demo.newsstand import PretendOutlet, PretendPage, StoryText

TEASERS_ON_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Print:
    """Contents of a page at one visit: `base` is the outlet's address, `ago` the age that its teasers show."""

    outlet: PretendOutlet
    page: PretendPage
    text: StoryText
    base: str
    published_at: datetime
    teasers: Sequence[str]
    ago: str

    @property
    def url(self) -> str:
        return self.base + self.page.path


def published_at(outlet: PretendOutlet, page: PretendPage, opened_at: datetime) -> datetime:
    """Return the time that a page claims: some hours before the newsstand opened, each page at another hour."""
    return opened_at.replace(minute=7, second=0, microsecond=0) - timedelta(hours=1 + outlet.pages.index(page))


def teasers_at(headlines: Sequence[str], visit: int, start: int) -> list[str]:
    """Return the teasers of a page; they differ from visit to visit and from page to page."""
    first = start * 5 + (visit - 1) * 8
    return [headlines[(first + n) % len(headlines)] for n in range(min(TEASERS_ON_A_PAGE, len(headlines)))]


def hours_ago(language: str, visit: int) -> str:
    """Return the age that a teaser shows at *visit*; a German page shows it in English, as some outlets do."""
    return f"{1 + 2 * visit} hrs ago" if language == "de" else f"{1 + 2 * visit}h"


# --- layouts


def paragraphs_only(page: Print) -> str:
    """Lay out as paragraphs only: headline three times, a promo within the text, forty teasers below."""
    text = page.text
    parts = [text.lead, text.headline.lower(), text.headline]
    parts += [*text.paragraphs[:2], page.outlet.promo, *text.paragraphs[2:]]
    parts += ["OTHER NEWS", *(part for teaser in page.teasers for part in (page.ago, teaser))]
    body = f"<h1>{escape(text.headline)}</h1>" + "".join(f"<p>{escape(part)}</p>" for part in parts)
    return _document(page, body, _open_graph(page))


def article_and_aside(page: Print) -> str:
    """Lay out in order: article, aside and JSON-LD."""
    text = page.text
    body = f"""<article><header><h1>{escape(text.headline)}</h1><p class="vorspann">{escape(text.lead)}</p>
<p class="byline">{escape(_byline(text))}</p></header>
<figure><img src="/bild.jpg" alt=""><figcaption>Symbolbild. Foto: Archiv</figcaption></figure>
{_elements("p", text.paragraphs[:2])}
<aside class="app-promo"><p>{escape(page.outlet.promo)}</p></aside>
{_elements("p", text.paragraphs[2:])}</article>
<aside class="related"><h2>Mehr zum Thema</h2>{_teaser_list(page)}</aside>"""
    return _document(page, body, _json_ld(page))


def bare_divs(page: Print) -> str:
    """Lay out as div elements that only their class names describe."""
    text = page.text
    body = f"""<div class="story"><h1 class="story-title">{escape(text.headline)}</h1>
<div class="story-intro">{escape(text.lead)}</div><div class="story-author">{escape(_byline(text))}</div>
<div class="story-body">{_elements("div", text.paragraphs[:2])}
<div class="story-join"><a href="/join">{escape(page.outlet.promo)}</a></div>
{_elements("div", text.paragraphs[2:])}</div>
<div class="story-more"><div class="story-more-title">MORE NEWS</div>{_teaser_list(page)}</div></div>"""
    return _document(page, body, _open_graph(page))


def line_breaks(page: Print) -> str:
    """Lay out as one table cell; line breaks separate the paragraphs."""
    text = page.text
    before, after = ("<br><br>".join(map(escape, part)) for part in (text.paragraphs[:2], text.paragraphs[2:]))
    body = f"""<table><tr><td><h1>{escape(text.headline)}</h1>
<p class="vorspann"><b>{escape(text.lead)}</b></p><p class="autor">Von {escape(_byline(text))}</p>
{before}<br><br><a class="spenden" href="/mitglied">{escape(page.outlet.promo)}</a><br><br>{after}</td>
<td><h3>Neueste Meldungen</h3>{_teaser_list(page)}</td></tr></table>"""
    return _document(page, body, _open_graph(page))


LAYOUTS: dict[str, Callable[[Print], str]] = {
    "paragraphs": paragraphs_only,
    "article": article_and_aside,
    "divs": bare_divs,
    "breaks": line_breaks,
}


def _byline(text: StoryText) -> str:
    return text.agency or text.author or ""


def _elements(tag: str, texts: Sequence[str]) -> str:
    return "\n".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _teaser_list(page: Print) -> str:
    items = (
        f'<li><span class="age">{page.ago}</span> <a href="/meldung/{n}">{escape(teaser)}</a></li>'
        for n, teaser in enumerate(page.teasers)
    )
    return f"<ul>{''.join(items)}</ul>"


def _open_graph(page: Print) -> str:
    fields = {
        "og:type": "article",
        "og:title": page.text.headline,
        "og:description": page.text.lead,
        "og:url": page.url,
        "og:site_name": page.outlet.title,
        "article:published_time": page.published_at.isoformat(),
        "article:section": page.text.section,
    }
    return "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in fields.items())


def _json_ld(page: Print) -> str:
    text = page.text
    fields = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text.headline,
        "description": text.lead,
        "datePublished": page.published_at.isoformat(),
        "author": {"@type": "Person", "name": text.author}
        if text.author
        else {"@type": "Organization", "name": text.agency},
        "articleSection": text.section,
        "inLanguage": page.outlet.language,
    }
    return f'<script type="application/ld+json">{dumps(fields, ensure_ascii=False)}</script>'


def _document(page: Print, body: str, meta: str) -> str:
    title = escape(page.outlet.title)
    return f"""<!doctype html>
<html lang="{page.outlet.language}"><head><meta charset="utf-8"><title>{escape(page.text.headline)} | {title}</title>
<link rel="canonical" href="{page.url}">{meta}</head>
<body><nav><a href="/">{title}</a></nav>
{body}
<footer><p>© {title} · <a href="/impressum">Impressum</a></p></footer></body></html>
"""


def front_page(outlet: PretendOutlet, visit: int, base: str) -> str:
    """Return the front page, with a link to the feed if there is one."""
    head = (
        f'<link rel="alternate" type="application/rss+xml" href="{base}/feed.xml">'
        if outlet.announces == "feed"
        else ""
    )
    title = escape(outlet.title)
    return f"""<!doctype html>
<html lang="{outlet.language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body><h1>{title}</h1><main>{_front(outlet, visit)}</main>
<footer><a href="/impressum">Impressum</a></footer></body></html>
"""


def _front(outlet: PretendOutlet, visit: int) -> str:
    if outlet.broken(visit):
        return '<div id="app" data-src="/api/list.json"></div>'  # a script draws the list from now on
    return "".join(
        f'<article><h2><a href="{page.path}">{escape(page.text(visit).headline)}</a></h2>'
        f"<p>{escape(page.text(visit).lead)}</p></article>"
        for page in outlet.listed(visit)
    )


def rss_feed(outlet: PretendOutlet, visit: int, base: str, opened_at: datetime) -> str:
    """Return the outlet's pages as RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(page.text(visit).headline)}</title><link>{base}{page.path}</link>"
        f"<pubDate>{format_datetime(published_at(outlet, page, opened_at))}</pubDate></item>"
        for page in outlet.listed(visit)
    )
    head = f"<title>{escape(outlet.title)}</title><link>{base}/</link><language>{outlet.language}</language>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def sitemap(outlet: PretendOutlet, visit: int, base: str, opened_at: datetime) -> str:
    """Return the outlet's pages as a sitemap."""
    urls = "".join(
        f"<url><loc>{base}{page.path}</loc><lastmod>{published_at(outlet, page, opened_at).isoformat()}</lastmod></url>"
        for page in outlet.listed(visit)
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="{space}">{urls}</urlset>'


def robots(outlet: PretendOutlet, base: str) -> str:
    """Return robots.txt: what may be fetched, and the sitemap if there is one."""
    lines = ["User-agent: *", *(f"Disallow: {page.path}" for page in outlet.pages if page.forbidden), "Allow: /"]
    return "\n".join([*lines, f"Sitemap: {base}/sitemap.xml"] if outlet.announces == "sitemap" else lines) + "\n"
