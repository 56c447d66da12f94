"""The text that a script would write: it lies in the page's data, and the page itself shows hardly any."""

import json
import re
from collections.abc import Iterator

from crawler.extraction.container import SET_ASIDE, settle_hints, weigh
from crawler.extraction.datablocks import lists_in
from crawler.extraction.guard import affordable
from crawler.extraction.text import clean, overlap, size
from crawler.extraction.walk import read_blocks
from news.article import Block, Label
from news.errors import PageTooCostly

_SHOWN = 300  # characters; a page that shows more is believed
_ENOUGH = 500  # characters that make a text
_AGREES = 0.6  # share of the headline's words that the text must have: a page's data holds terms of use as well
_MOST_READ = 2_000_000  # characters of strings, in all
_SCRIPT = re.compile(rb"<((?:no)?script)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
# None begins at an escaped mark: each of them would be looked at to the end of a string that is cut off.
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]|\\.){300,}+)"', re.DOTALL)
_DATA = re.compile(r'"\s*:\s*["\[{]')
_PLACE = re.compile(r"\W{2,}[A-Z_\d]+\W{2,}")  # "$$AD_HERE$$": the script puts something else there
_BREAK = re.compile(r"\n+")
_OF_CODE = re.compile(r"[{}=<>;_|\\]")
_MOST_CODE = 0.02  # share of such characters in prose; a script between two strings has 0.04 and more


def with_scripted_text(blocks: tuple[Block, ...], page: bytes, headline: str | None) -> tuple[Block, ...]:
    """*blocks*, or behind them the paragraphs found in the data of *page* (UTF-8) when it shows no more than a line."""
    texts = [block.text for block in blocks if block.label is Label.BODY]
    if sum(map(len, texts)) > _SHOWN or not headline or b"<script" not in page:
        return blocks
    shown = _prose(texts)
    agreeing = (_paragraphs(text) for text in _texts(page) if overlap(headline, text) >= _AGREES)
    found = max((text for text in agreeing if not _is_code(text)), key=_prose, default=[])
    if _prose(found) < max(_ENOUGH, 3 * shown):
        return blocks
    others = (
        block.relabelled(Label.OTHER, "not the text in the data", 0.5) if block.label is Label.BODY else block
        for block in blocks
    )
    return (*others, *(Block(text, Label.BODY, "in the page's data", 0.6) for text in found))


def _prose(paragraphs: list[str]) -> float:
    return sum(map(size, paragraphs))


def _is_code(paragraphs: list[str]) -> bool:
    """True for a script, which stands between the end of one string and the beginning of the next."""
    return sum(len(_OF_CODE.findall(text)) for text in paragraphs) > _MOST_CODE * sum(map(len, paragraphs))


def _texts(page: bytes) -> Iterator[str]:
    """The long strings in the scripts, and lists of blocks as one text; a string may be data with strings in it, and a
    script the template of a text."""
    left = _MOST_READ
    for script in _SCRIPT.finditer(page):
        waiting = [script[2][:_MOST_READ].decode("utf-8", "replace")]
        if waiting[0].lstrip()[:1] == "<":  # a template, or what those see who run no scripts
            left -= len(waiting[0])
            yield waiting.pop()
        while waiting:
            data = waiting.pop()
            yield from map(_marked_up, lists_in(data))
            for found in _STRING.finditer(data):
                left -= len(found[1])
                if left < 0:
                    return
                text = _decoded(found[1])
                if _DATA.search(text):
                    waiting.append(text)
                elif text:
                    yield text


def _marked_up(texts: list[str]) -> str:
    return "".join(text if "<p" in text else f"<p>{text}</p>" for text in texts)


def _decoded(string: str) -> str:
    try:
        found = json.loads(f'"{string}"', strict=False)
    except ValueError:
        return ""
    return clean(found) if isinstance(found, str) else ""


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a string, of its markup if it has any; none when it is no prose."""
    if "<p" not in text and "<br" not in text and "<div" not in text:
        return [
            part
            for part in (" ".join(part.split()) for part in _BREAK.split(text))
            if " " in part or not part.isascii()
        ]
    try:
        page = read_blocks(affordable(text.encode("utf-8", "replace")))
    except PageTooCostly:
        return []
    settle_hints(page, weigh(page))
    texts = [piece.text for piece in page.pieces if not (piece.box.settled | piece.hints) & SET_ASIDE]
    return [text for text in texts if not _PLACE.fullmatch(text)]
