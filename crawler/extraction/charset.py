"""Which characters the bytes stand for: what they look like, then HTTP header, meta tag, and at last Windows-1252."""

import codecs
import re

from news.text import unmarked_utf16

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What the WHATWG encoding standard makes of the labels: a page that says latin-1 means Windows-1252.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Not encodings of the web: they would turn text into something else.
_UNFIT = frozenset(("utf-8", "utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"))
_META_WITHIN = 8192  # bytes; the standard says 1024, pages do otherwise


def as_utf8(page: bytes | str, encoding: str | None = None) -> bytes:
    """*page* as UTF-8; `encoding` is what the HTTP header says. What cannot be decoded becomes U+FFFD."""
    if isinstance(page, str):
        return page.encode("utf-8", "replace")
    for mark, name in _MARKS:
        if page.startswith(mark):
            rest = page[len(mark) :]
            return rest if name == "utf-8" and _is_utf8(rest) else rest.decode(name, "replace").encode()
    if wide := unmarked_utf16(page):  # to UTF-8 it would be letters with NUL bytes between them
        return page.decode(wide, "replace").encode("utf-8", "replace")
    if _is_utf8(page):  # hardly any other text is valid UTF-8 by accident, whatever the header says
        return page
    return page.decode(_declared(page, encoding) or "cp1252", "replace").encode("utf-8", "replace")


def _is_utf8(page: bytes) -> bool:
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(page: bytes, encoding: str | None) -> str | None:
    meta = _META.search(page, 0, _META_WITHIN)
    for name in (encoding, meta and meta[1].decode("ascii", "replace")):
        known = _known(name or "")
        if known:
            return known
    return None


def _known(name: str) -> str | None:
    """Python's name for an encoding in which tags can be read byte by byte; None for any other.

    UTF-8 is none here: it was tried before. Nor is UTF-16: were it, the meta tag could not have been found.
    """
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
        usable = "<p>".encode(found) == b"<p>" and b"\xe9".decode(found, "replace") != ""
    except (LookupError, ValueError, TypeError):
        return None
    return _MEANT.get(found, found) if usable and found not in _UNFIT else None
