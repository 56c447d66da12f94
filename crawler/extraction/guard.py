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
MAX_TAGS = 80_000  # about two seconds of reading; the largest of 900 news pages had 10,300
MAX_OPTIONS = 5_000

# A name that holds another tag's beginning is looked at from there on: looking again and again would be quadratic.
_REST_OF_NAME = rb"[^\s/><]*+(?:<(?![a-zA-Z])[^\s/><]*+)*+"
_ATTRIBUTE = rb"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
# Most tags are of this form, and end where they seem to.
_PLAIN_TAG = rb'[a-z1-6]*+(?: [a-z-]++="[^"]*+"){0,9}+ ?/?>'
# No space is needed after a quoted value. The second look ahead passes over tags without attributes.
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
# Never closed, or closed by what follows: no nesting comes of these alone.
_FLAT = re.compile(
    rb"(?:area|base|body|br|col|dd|dt|embed|head|hr|html|img|input|li|link|meta|option|p|source|tbody|td|th|tr|track|wbr)$",
    re.IGNORECASE,
)


def affordable(page: bytes) -> bytes:
    """*page*, without its scripts if only their text makes it look too costly to read as an article.

    Raises PageTooCostly as `refuse_costly` does, and for more tags than an article could have.
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
    """*page* with nothing inside its scripts, JSON-LD apart.

    Where a script begins the parser may see otherwise: so it is given what is left here.
    """
    return _SCRIPT.sub(lambda found: found["tag"] + b"</script", page)


def _is_deep(page: bytes, tags: int) -> bool:
    """True when tags may be nested deeper than MAX_DEPTH; no deeper than there are opening tags."""
    return tags - page.count(b"</") > MAX_DEPTH and _depth(page) > MAX_DEPTH


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
