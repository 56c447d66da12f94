"""A page as bytes, made ready for the parser: decoded to UTF-8, and refused when parsing it would take seconds.

Every HTML parser is quadratic in the attributes of one tag, in nesting, and in formatting tags that are never closed;
lexbor is also quadratic in the options of one select. A scan that costs a fraction of the parsing finds such pages.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from news.errors import PageTooCostly
from news.text import unmarked_utf16

# Where a page may declare its encoding; what looks like it in comments, scripts and attributes of others is none.
_META = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|title)\b.*?(?:</\1|\Z)|<meta(?=[\s/])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
    rb"|^\s*<\?xml\s[^<>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE | re.DOTALL,
)
_META_ATTRIBUTE = re.compile(rb"""([^\s/>"'=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Encodings by label in the WHATWG encoding standard: a page that says latin-1 means Windows-1252.
_WHATWG = {
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
_META_WITHIN = 8192  # bytes; more than the standard's 1024, since pages need it
MAX_BYTES = 16_000_000
MAX_ATTRIBUTES = 1_500
MAX_DEPTH = 5_000
MAX_UNCLOSED_FORMATTING = 600
MAX_TAGS = 80_000  # about two seconds of reading; the largest of 900 news pages had 10,300
MAX_OPTIONS = 5_000

# A name that contains the beginning of another tag ends there: scanning it again for each would be quadratic.
_REST_OF_NAME = rb"[^\s/><]*+(?:<(?![a-zA-Z])[^\s/><]*+)*+"
_ATTRIBUTE = rb"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
# Most tags have this form and end where they seem to.
_PLAIN_TAG = rb'[a-z1-6]*+(?: [a-z-]++="[^"]*+"){0,9}+ ?/?>'
# A quoted value needs no space after it. The second look-ahead skips tags without attributes.
_MANY_ATTRIBUTES = re.compile(
    rb"<[a-zA-Z](?!" + _PLAIN_TAG + rb")" + _REST_OF_NAME + rb"(?=[\s/])"
    rb"(?:[\s/]*+" + _ATTRIBUTE + rb"){" + str(MAX_ATTRIBUTES).encode() + rb"}+"
)  # fmt: skip
_SCRIPT = re.compile(rb"(?P<tag><script\b(?![^<>]*ld\+json)[^<>]*>).*?(?:</script|\Z)", re.IGNORECASE | re.DOTALL)
_FORMATTING = (
    rb"[bisucefntBISUCEFNT](?:|ig|ode|m|ont|obr|mall|trike|trong|t)[\s/>]"  # b i s u big code em font nobr small ...
)
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/><]*)")
_OPTION = re.compile(rb"<option\b", re.IGNORECASE)
_OPENED, _CLOSED = re.compile(rb"<" + _FORMATTING), re.compile(rb"</" + _FORMATTING)
# Never closed, or closed by what follows: these alone make no nesting.
_FLAT = re.compile(
    rb"(?:area|base|body|br|col|dd|dt|embed|head|hr|html|img|input|li|link|meta|option|p|source|tbody|td|th|tr|track|wbr)$",
    re.IGNORECASE,
)


def as_utf8(page: bytes | str, encoding: str | None = None) -> bytes:
    """Return *page* as UTF-8; `encoding` is the charset of the HTTP header. Undecodable bytes become U+FFFD.

    Byte order marks and valid UTF-8 count first, then the header, the meta tag, and last Windows-1252.
    """
    if isinstance(page, str):
        return page.encode("utf-8", "replace")
    for mark, name in _MARKS:
        if page.startswith(mark):
            rest = page[len(mark) :]
            return rest if name == "utf-8" and _is_utf8(rest) else rest.decode(name, "replace").encode()
    if wide := unmarked_utf16(page):  # read as UTF-8 it would be letters with NUL bytes between them
        return page.decode(wide, "replace").encode("utf-8", "replace")
    if _is_utf8(page):  # whatever the header says: hardly any other text is valid UTF-8 by accident
        return page
    return page.decode(_declared(page, encoding) or "cp1252", "replace").encode("utf-8", "replace")


def _is_utf8(page: bytes) -> bool:
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(page: bytes, encoding: str | None) -> str | None:
    names = (name.decode("ascii", "replace") for name in _declarations(page[:_META_WITHIN]))
    return next(filter(None, map(_codec, chain([encoding or ""], names))), None)


def _declarations(beginning: bytes) -> Iterator[bytes]:
    """Yield the encodings named by meta tags for this purpose, and by an XML declaration."""
    for found in _META.finditer(beginning):
        if found[3]:
            yield found[3]
        given = {name.lower(): a or b or c for name, a, b, c in _META_ATTRIBUTE.findall(found[2] or b"")}
        content = _CHARSET.search(given.get(b"content", b""))
        if b"charset" in given:
            yield given[b"charset"]
        elif content and given.get(b"http-equiv", b"").lower() == b"content-type":
            yield content[1]


def _codec(name: str) -> str | None:
    """Python's name for an encoding in which tags can be read byte by byte; None for any other.

    UTF-8 was tried before; in UTF-16 the meta tag could not have been found.
    """
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
        usable = "<p>".encode(found) == b"<p>" and b"\xe9".decode(found, "replace") != ""
    except (LookupError, ValueError, TypeError):
        return None
    return _WHATWG.get(found, found) if usable and found not in _UNFIT else None


def affordable(page: bytes) -> bytes:
    """Return *page*, without its scripts when only their text makes it look too costly.

    Raises PageTooCostly as `refuse_costly` does, and for more than MAX_TAGS tags.
    """
    tags = page.count(b"<")
    if tags > MAX_DEPTH and (tags > MAX_TAGS or _is_deep(page, tags)):
        page = _without_scripts(page)
        tags = page.count(b"<")
    if tags > MAX_TAGS:
        raise PageTooCostly(f"{tags} tags; a page with more than {MAX_TAGS} is not read")
    _refuse(page, tags)
    return page


def refuse_costly(page: bytes) -> None:
    """Raise PageTooCostly when *page* is too large, too deeply nested, or a tag has too many attributes or options."""
    _refuse(page, page.count(b"<"))


def _refuse(page: bytes, tags: int) -> None:
    if len(page) > MAX_BYTES:
        raise PageTooCostly(f"page of {len(page)} bytes; more than {MAX_BYTES} are not read")
    if tags > MAX_DEPTH and _is_deep(page, tags):
        raise PageTooCostly(f"tags are nested deeper than {MAX_DEPTH}")
    if tags > MAX_OPTIONS and len(_OPTION.findall(page)) > MAX_OPTIONS:
        raise PageTooCostly(f"more than {MAX_OPTIONS} options to choose from")
    if _MANY_ATTRIBUTES.search(page):
        raise PageTooCostly(f"a tag has {MAX_ATTRIBUTES} attributes or more")
    opened = len(_OPENED.findall(page)) if tags > MAX_UNCLOSED_FORMATTING else 0
    if opened > MAX_UNCLOSED_FORMATTING and opened - len(_CLOSED.findall(page)) > MAX_UNCLOSED_FORMATTING:
        raise PageTooCostly(f"more than {MAX_UNCLOSED_FORMATTING} formatting tags are never closed")


def _without_scripts(page: bytes) -> bytes:
    """Return *page* with empty scripts, except JSON-LD.

    The parser may see another beginning of a script, so it gets this form of the page.
    """
    return _SCRIPT.sub(lambda found: found["tag"] + b"</script", page)


def _is_deep(page: bytes, tags: int) -> bool:
    """Return whether tags may be nested deeper than MAX_DEPTH; the number of opening tags is the limit."""
    return tags - page.count(b"</") > MAX_DEPTH and _depth(page) > MAX_DEPTH


def _depth(page: bytes) -> int:
    """Return the deepest nesting, without regard to quotation marks."""
    opened: Counter[bytes] = Counter()  # by name, since a closing tag without an opening one closes nothing
    depth = deepest = 0
    for closing, name in _TAG.findall(page.lower()):
        if not closing and not _FLAT.match(name):
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif closing and opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest
