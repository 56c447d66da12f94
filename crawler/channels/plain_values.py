"""Turn untrusted titles, URLs, language tags and times into plain values. A value that cannot be read is None."""

import html
import re
from datetime import UTC, datetime, tzinfo
from urllib.parse import urldefrag, urljoin

from news.dates import parse_announced
from news.urls import host_of

MAX_URL_CHARS = 2_000
MAX_TITLE_CHARS = 500

_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
# Control and format characters: NUL, lone surrogates, bidirectional overrides.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_IGNORED_IN_URL = re.compile(r"[\t\r\n]")  # as the URL standard does
_PLAIN_URL = re.compile(r"https?://(?=[^/]{1,253}/)(?:[a-z0-9][a-z0-9-]*\.)+[a-z]+/[\w/.~?&=%,;:+-]{0,1700}", re.ASCII)
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_.@].*)?", re.IGNORECASE)


def plain_text(text: str | None, *, markup: bool = True) -> str | None:
    """*text* on one line, at most 500 characters; *markup*: remove tags and resolve entities. None when empty."""
    if not text:
        return None
    text = text[: MAX_TITLE_CHARS * 20]
    if markup:
        text = html.unescape(_TAG.sub(" ", text) if "<" in text else text)
        text = _TAG.sub(" ", text)  # RSS titles are often escaped twice
    return " ".join(_UNPRINTABLE.sub("", text).split())[:MAX_TITLE_CHARS].rstrip() or None


def absolute(base: str, address: str | None) -> str | None:
    """Return *address* as an absolute http(s) URL without fragment; None for other schemes and invalid URLs."""
    address = (address or "").strip()
    if _PLAIN_URL.fullmatch(address):  # fast path for nearly all; a sitemap has 50,000
        return address
    address = _IGNORED_IN_URL.sub("", address)
    if not address or len(address) > MAX_URL_CHARS:
        return None
    try:
        joined = urldefrag(urljoin(base, address)).url.replace(" ", "%20")
        host_of(joined)
    except ValueError:
        return None
    return joined if len(joined) <= MAX_URL_CHARS and not _NOT_IN_URL.search(joined) else None


def language_tag(text: str | None) -> str | None:
    """Return *text* ("de_at.UTF-8", "DE-at") as a language tag ("de-AT"), with the region if it has one."""
    found = _LANGUAGE.fullmatch((text or "").strip()[:40])
    if not found:
        return None
    language, region = found[1].lower(), found[2]
    return f"{language}-{region.upper()}" if region else language


def announced_time(text: str | None, zone: tzinfo = UTC, *, month_first: bool = False) -> datetime | None:
    """Time that a feed or sitemap states, in UTC; None when it cannot be read. One without a zone is in *zone*."""
    found = parse_announced((text or "")[:100], zone=zone, month_first=month_first)
    return found and found.astimezone(UTC)
