"""Unpack, decode and clean untrusted XML. A document over its size limit is cut, not refused."""

import gzip
import html
import io
import re
import zlib
from collections.abc import Iterator
from html.entities import html5
from io import BytesIO

from lxml import etree

_DECLARED = re.compile(rb"""^\s*<\?xml[^<>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# Only these: Python also has codecs that take minutes (punycode) or are no text encodings.
_WEB_ENCODINGS = re.compile(
    r"(utf-?(8|16|32)|iso-?8859|iso-?2022-jp|latin|windows-|cp(12|8|9)|koi8|mac|shift|sjis|ms|euc|gb|big5|us-ascii|ascii|tis)",
    re.IGNORECASE,
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
         (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PROLOGUE = re.compile(r"^[^<]*(?:<\?xml[^<>]*\?>)?\s*")
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});|(?!#\w{1,8};))")
_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_BARE_LESS_THAN = re.compile(r"<(?![A-Za-z_/!?])")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_GZIP_MAGIC = b"\x1f\x8b"

MAX_FEED_BYTES = 4_000_000


def unpacked(body: bytes, limit: int) -> bytes:
    """At most *limit* bytes of *body*, unpacked when it is gzip (declared or not); if damaged, the readable part."""
    if not body.startswith(_GZIP_MAGIC):
        return body[:limit]
    parts = bytearray()
    packed = gzip.GzipFile(fileobj=io.BytesIO(body))
    try:
        # One step at a time: at an error, the part before it has been read.
        while len(parts) < limit and (part := packed.read1(min(65_536, limit - len(parts)))):
            parts += part
    except (OSError, EOFError, zlib.error):
        pass
    return bytes(parts)


def decoded(body: bytes, content_type: str | None = None) -> str:
    """Return the text of *body*, by byte order mark, Content-Type or XML declaration, else UTF-8, else Windows-1252."""
    for name in _encodings(body, content_type):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body.decode("cp1252", errors="replace")


def _encodings(body: bytes, content_type: str | None) -> Iterator[str]:
    yield from (name for mark, name in _BOMS if body.startswith(mark))
    sent = _CHARSET.search(content_type or "")
    if sent and _WEB_ENCODINGS.match(sent[1]):
        yield sent[1]
    declared = _DECLARED.match(body[:300])
    if declared and _WEB_ENCODINGS.match(declared[1].decode()):
        yield declared[1].decode()
    yield "utf-8"


def clean_xml(body: bytes, content_type: str | None = None) -> bytes:
    """Return *body* as UTF-8 from its first to its last closing tag, with HTML's entities, bare & and bare < escaped.

    The text after the last closing tag is dropped: it may break off in the middle of a URL.
    """
    text = _PROLOGUE.sub("", _NOT_XML.sub("", decoded(body, content_type)), count=1)
    if "</" in text:
        text = text[: text.rindex("</")]
    if "&" in text:
        text = _NUMBERED.sub(_allowed_reference, _ENTITY.sub(_escaped_entity, text))
    return _BARE_LESS_THAN.sub("&lt;", text).encode("utf-8", errors="replace")


def _allowed_reference(found: re.Match[str]) -> str:
    """Return the reference; empty for a character that XML forbids, such as half a surrogate pair, which stops lxml."""
    number = int(found[1], 16) if found[1] else int(found[2])
    forbidden = number > 0x10FFFF or _NOT_XML.match(chr(number))
    return "" if forbidden else found[0]


def _escaped_entity(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name in _XML_ENTITIES or name + ";" not in html5:
        return found[0]
    return html.escape(html5[name + ";"])


def elements(cleaned: bytes, names: frozenset[str], also: frozenset[str] = frozenset()) -> Iterator[etree._Element]:
    """Yield the elements with these local *names* as they end, as far as the document can be read.

    Each is freed once the next has come; elements named in *also* are yielded but stay in the tree. Entities are never
    resolved, nothing is loaded, and libxml2's limits on depth and length hold.
    """
    parser = etree.iterparse(
        BytesIO(cleaned), events=("end",), recover=True, resolve_entities=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True, load_dtd=False,
    )  # fmt: skip
    previous: etree._Element | None = None
    try:
        for _, element in parser:
            name = local_name(element)
            if name in names:
                yield element
                _free(previous)
                element.clear()
                previous = element
            elif name in also:
                yield element
    except (etree.XMLSyntaxError, ValueError):
        return


def _free(element: etree._Element | None) -> None:
    # Never the element that has just ended: the parser still uses it.
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)


def local_name(element: etree._Element | None) -> str:
    """Return the element's name without namespace or prefix, in lower case; "" for None, comments and the like."""
    tag = None if element is None else element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
