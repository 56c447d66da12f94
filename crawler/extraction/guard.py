"""Refuse a page that would take the parser seconds, by a scan that costs a fraction of the parsing.

Every HTML parser is quadratic in the attributes of one tag, in nesting, and in formatting tags that are never closed;
lexbor is in the options of one select as well.
"""

import re
from collections import Counter

from news.errors import PageTooCostly

MAX_BYTES = 16_000_000
MAX_ATTRIBUTES = 1_500
MAX_DEPTH = 5_000
MAX_UNCLOSED_FORMATTING = 600
MAX_TAGS = 200_000  # about five seconds of reading
MAX_OPTIONS = 5_000

# A name that holds another tag's beginning is looked at from there on: looking again and again would be quadratic.
_TAG_NAME = rb"[a-zA-Z][^\s/><]*+(?:<(?![a-zA-Z])[^\s/><]*+)*+"
_ATTRIBUTE = rb"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
# No space is needed after a quoted value. The look ahead passes over tags without attributes.
_MANY_ATTRIBUTES = re.compile(
    rb"<" + _TAG_NAME + rb"(?=[\s/])(?:[\s/]*+" + _ATTRIBUTE + rb"){" + str(MAX_ATTRIBUTES).encode() + rb"}+"
)
_FORMATTING = (
    rb"[bisucefntBISUCEFNT](?:|ig|ode|m|ont|obr|mall|trike|trong|t)[\s/>]"  # b i s u big code em font nobr small ...
)
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/><]*)")
_OPTION = re.compile(rb"<option\b", re.IGNORECASE)
_OPENED, _CLOSED = re.compile(rb"<" + _FORMATTING), re.compile(rb"</" + _FORMATTING)
# Never closed, or closed by what follows: no nesting comes of these alone.
_FLAT = re.compile(
    rb"(?:area|base|body|br|col|dd|dt|embed|head|hr|html|img|input|li|link|meta|option|p|source|tbody|td|th|tr|track|wbr)$",
    re.IGNORECASE,
)


def refuse_costly(page: bytes) -> None:
    """Raise PageTooCostly when *page* is too large, too deeply nested, or a tag has too many attributes or options."""
    if len(page) > MAX_BYTES:
        raise PageTooCostly(f"page of {len(page)} bytes; more than {MAX_BYTES} are not read")
    _refuse_tags(page)  # first: the next look takes time for every tag
    if _MANY_ATTRIBUTES.search(page):
        raise PageTooCostly(f"a tag has {MAX_ATTRIBUTES} attributes or more")
    opened = len(_OPENED.findall(page))
    if opened > MAX_UNCLOSED_FORMATTING and opened - len(_CLOSED.findall(page)) > MAX_UNCLOSED_FORMATTING:
        raise PageTooCostly(f"more than {MAX_UNCLOSED_FORMATTING} formatting tags are never closed")


def refuse_endless(page: bytes) -> None:
    """Raise PageTooCostly when *page* has more tags than an article could; a listing is read in spite of that."""
    tags = page.count(b"<")
    if tags > MAX_TAGS:
        raise PageTooCostly(f"{tags} tags; a page with more than {MAX_TAGS} is not read")


def _refuse_tags(page: bytes) -> None:
    tags = page.count(b"<")
    if tags <= MAX_DEPTH:
        return
    if tags - page.count(b"</") > MAX_DEPTH and _depth(page) > MAX_DEPTH:  # no deeper than there are opening tags
        raise PageTooCostly(f"tags are nested deeper than {MAX_DEPTH}")
    if tags > MAX_OPTIONS and len(_OPTION.findall(page)) > MAX_OPTIONS:
        raise PageTooCostly(f"more than {MAX_OPTIONS} options to choose from")


def _depth(page: bytes) -> int:
    """The deepest nesting if every tag were closed where it is; quotation marks are not looked at."""
    opened: Counter[bytes] = Counter()  # by name: a closing tag that fits no opening one closes nothing
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
