"""What each tag of HTML is to a reader: text, a part of a line, a box of its own, or nothing that is read."""

from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawler.extraction.hints import Hint

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BOLD = frozenset(("b", "strong"))
# Plain numbers: asked of each node of a page.
TEXT, SKIPPED, PLAIN, INLINE, BOX = range(5)
_INLINE = frozenset((
    "a", "abbr", "acronym", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "font", "ins", "kbd",
    "label", "mark", "nobr", "q", "rb", "ruby", "s", "samp", "span", "strike", "time", "tt", "var", "wbr",
))  # fmt: skip
_SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "iframe", "frame", "frameset", "object", "embed",
    "applet", "select", "option", "datalist", "textarea", "canvas", "audio", "map", "area", "base", "col",
    "colgroup", "param", "source", "track", "input", "meta", "link", "title", "head", "rp", "rt", "-comment",
    "-doctype", "-document",
))  # fmt: skip
# In a line, and nobody hangs a class of meaning on these.
_PLAIN = frozenset(("b", "strong", "i", "em", "u", "small", "sub", "sup"))
# What a tag alone says about the text inside it.
_HINTS = {
    "nav": Hint.NAVIGATION,
    "menu": Hint.NAVIGATION,
    "footer": Hint.NAVIGATION,
    "aside": Hint.RELATED,
    "figcaption": Hint.CAPTION,
    "figure": Hint.MEDIA,
    "caption": Hint.CAPTION,
    "button": Hint.SHARE,
    "video": Hint.MEDIA,
    "dialog": Hint.SHARE,
    "time": Hint.DATE,
    "address": Hint.BYLINE,
    "form": Hint.SHARE,
    "fieldset": Hint.SHARE,
}
_OWN = 1_000  # lexbor's numbers of HTML's tags are below 256; it gives any other tag an address, which may come again


class Tag(NamedTuple):
    """`kind` is one of TEXT, SKIPPED, PLAIN (a part of a line without a class), INLINE (a part of a line), BOX."""

    name: str
    kind: int
    hints: int


class _Tags(dict[int, Tag]):
    """By lexbor's number of the tag, learnt when one is first met: its name costs thrice as much as its number."""

    def of(self, node: LexborNode) -> Tag:
        """What is known of the tag of *node*; `get(node.tag_id)` first is cheaper."""
        name = node.tag or "-comment"
        tag = Tag(name, _kind(name), _HINTS.get(name, 0))
        if node.tag_id < _OWN:
            self[node.tag_id] = tag
        return tag


def _kind(name: str) -> int:
    if name == "-text":
        return TEXT
    if name in _SKIPPED:
        return SKIPPED
    if name in _PLAIN:
        return PLAIN
    return INLINE if name in _INLINE else BOX


TAGS = _Tags()
