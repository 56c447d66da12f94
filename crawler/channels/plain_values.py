"""Turn untrusted titles, URLs, language tags and times into plain values. A value that cannot be read is None."""

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

MAX_URL_CHARS = 2_000
MAX_TITLE_CHARS = 500

_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
# Control and format characters: NUL, lone surrogates, bidirectional overrides.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_IGNORED_IN_URL = re.compile(r"[\t\r\n]")  # as the URL standard does
_PLAIN_URL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w/.~?&=%,;:+-]{0,1900}", re.ASCII)
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
    """*address* as an absolute http(s) URL without fragment; None for other schemes and invalid URLs."""
    address = (address or "").strip()
    if _PLAIN_URL.fullmatch(address):  # fast path for nearly all; a sitemap has 50,000
        return address
    address = _IGNORED_IN_URL.sub("", address)
    if not address or len(address) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base, address))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    joined = parts._replace(fragment="").geturl().replace(" ", "%20")
    valid = parts.scheme in ("http", "https") and host and not _NOT_IN_URL.search(joined)
    return joined if valid and len(joined) <= MAX_URL_CHARS else None


def language_tag(text: str | None) -> str | None:
    """*text* ("de_at.UTF-8", "DE-at") as a language tag ("de-AT"), with the region if it has one."""
    found = _LANGUAGE.fullmatch((text or "").strip()[:40])
    if not found:
        return None
    language, region = found[1].lower(), found[2]
    return f"{language}-{region.upper()}" if region else language


_MONTHS = {
    "januar": "Jan", "jänner": "Jan", "jän": "Jan", "februar": "Feb", "feber": "Feb", "märz": "Mar", "mär": "Mar",
    "mrz": "Mar", "mai": "May", "juni": "Jun", "juli": "Jul", "sept": "Sep", "oktober": "Oct", "okt": "Oct",
    "dezember": "Dec", "dez": "Dec",
}  # fmt: skip
_ZONES = {"CET": "+0100", "MEZ": "+0100", "CEST": "+0200", "MESZ": "+0200", "BST": "+0100", "EET": "+0200",
          "EEST": "+0300", "IST": "+0530", "JST": "+0900", "Z": "+0000"}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,?\s+(?=\d)")
_SPACE_BEFORE_ZONE = re.compile(r"\s+(?=(?:Z|[+-]\d\d:?\d\d)$)")
_UNKNOWN_ZONE = re.compile(r"-0000$")  # RFC 5322, 3.3: a time in UTC whose local zone is unknown
_HOURS_ONLY = re.compile(r"([+-]\d\d)$")


def announced_time(text: str | None) -> datetime | None:
    """Time that a feed or sitemap states, in UTC; None when it has no zone or cannot be read.

    A date alone, as sitemaps have it, is midnight UTC. German weekdays and months are understood.
    """
    text = " ".join((text or "")[:100].split())
    if not text:
        return None
    for read in (_iso_time, _mail_time):
        try:
            found = read(text)
            if found is not None and found.tzinfo and 1900 < found.year < 2200:
                return found.astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _iso_time(text: str) -> datetime | None:
    if len(text) == 10:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", text) if " " in text else text)


def _mail_time(text: str) -> datetime | None:
    text = _WORD.sub(_english_word, _WEEKDAY.sub("", text))
    text = _HOURS_ONLY.sub(r"\g<1>00", text).replace(". ", " ")
    return parsedate_to_datetime(_UNKNOWN_ZONE.sub("+0000", text))


def _english_word(word: re.Match[str]) -> str:
    return _MONTHS.get(word[0].lower()) or _ZONES.get(word[0]) or word[0]
