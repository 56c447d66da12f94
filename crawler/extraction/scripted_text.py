"""The text of a page that shows hardly any: claimed in JSON-LD, or in the data from which a script would write it."""

import json
import re
from collections.abc import Iterator
from itertools import chain

from crawler.extraction.container import SET_ASIDE, resolve_hints, weigh
from crawler.extraction.jsonld import paragraphs_of
from crawler.extraction.page_bytes import affordable
from crawler.extraction.walk import parse_page
from news.article import Block, Label
from news.errors import PageTooCostly
from news.rule_ids import RuleId
from news.text import encodable, weighted_length, word_overlap


class ScriptedTextRule(RuleId):
    JSONLD_TEXT = "jsonld_text", "Text that the page claims in JSON-LD and does not show."
    NOT_JSONLD_TEXT = "not_jsonld_text", "On such a page, what its markup shows instead."
    SCRIPT_TEXT = "script_text", "Text from the data from which a script would write it."
    NOT_SCRIPT_TEXT = "not_script_text", "On such a page, what its markup shows instead."


_SHORTEST_CLAIM = 600  # characters; shorter claims are summaries
_SHOWN_SHARE = 0.3  # of the claimed length; a page that shows more counts more than the claim
_SHOWS_TEXT = 300  # characters; a page that shows more needs no text from a script
_SHORTEST_TEXT = 500  # characters
_AGREES = 0.6  # share of the headline's words that the text must have, since data contains terms of use as well
_MOST_READ = 2_000_000  # characters of strings, in all
_SCRIPT = re.compile(rb"<((?:no)?script)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
# No match begins at an escaped quote: each would be scanned to the end of a string that is cut off.
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]|\\.){300,}+)"', re.DOTALL)
# self.__next_f.push([1,"..."]): a part of a stream that may be cut anywhere.
_CHUNK = re.compile(r'__next_f\.push\(\[1,\s*"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ROW = re.compile(r"^[0-9a-f]{1,6}:(\[.+\])$", re.MULTILINE)
_PARAGRAPH_TAGS = frozenset(("p", "h2", "h3", "h4", "li", "blockquote"))
_DATA = re.compile(r'"\s*:\s*["\[{]')
_PLACEHOLDER = re.compile(r"\W{2,}[A-Z_\d]+\W{2,}")  # "$$AD_HERE$$": the script replaces it
_LINE_BREAK = re.compile(r"\n+")
_OF_CODE = re.compile(r"[{}=<>;_|\\]")
_MOST_CODE = 0.02  # share of such characters in prose; a script between two strings has 0.04 and more
_FEWEST_BLOCKS = 3  # in a list of blocks
_MOST_VALUES = 50_000
_MOST_BEGINNINGS = 20  # positions where data may begin
_DEEPEST = 6  # nested values in one block
_JSON_BEGINS = re.compile(r"[\[{]\s*[\[{\"]")
# The keys under which a block has its text, the likeliest first.
_TEXT_KEYS = ("html", "text", "content", "value", "body", "paragraph", "children", "data", "model")
# An item with one of these keys is about something else: another article, a person, a comment.
_KEYS_OF_OTHERS = ("url", "href", "slug", "headline", "title", "author", "user", "username", "byline")


def with_claimed_text(blocks: tuple[Block, ...], claim: str) -> tuple[Block, ...]:
    """*blocks*, with the paragraphs of the JSON-LD behind them as text when the page shows much less than those."""
    shown = sum(len(block.text) for block in blocks if block.label is Label.BODY)
    if len(claim) < _SHORTEST_CLAIM or shown > _SHOWN_SHARE * len(claim):
        return blocks
    paragraphs = tuple(Block(text, Label.BODY, ScriptedTextRule.JSONLD_TEXT, 0.6) for text in paragraphs_of(claim))
    return (*_without_text(blocks, ScriptedTextRule.NOT_JSONLD_TEXT), *paragraphs)


def with_scripted_text(blocks: tuple[Block, ...], page: bytes, headline: str | None) -> tuple[Block, ...]:
    """Return *blocks*, with paragraphs from the data of *page* (UTF-8) behind them as text when it shows hardly any."""
    texts = [block.text for block in blocks if block.label is Label.BODY]
    if sum(map(len, texts)) > _SHOWS_TEXT or not headline or b"<script" not in page:
        return blocks
    shown = _size_of(texts)
    agreeing = (_paragraphs(text) for text in _texts(page) if word_overlap(headline, text) >= _AGREES)
    found = max((text for text in agreeing if not _is_code(text)), key=_size_of, default=[])
    if _size_of(found) < max(_SHORTEST_TEXT, 3 * shown):
        return blocks
    paragraphs = (Block(text, Label.BODY, ScriptedTextRule.SCRIPT_TEXT, 0.6) for text in found)
    return (*_without_text(blocks, ScriptedTextRule.NOT_SCRIPT_TEXT), *paragraphs)


def _without_text(blocks: tuple[Block, ...], rule: ScriptedTextRule) -> Iterator[Block]:
    return (block.relabelled(Label.OTHER, rule, 0.5) if block.label is Label.BODY else block for block in blocks)


def _size_of(paragraphs: list[str]) -> float:
    return sum(map(weighted_length, paragraphs))


def _is_code(paragraphs: list[str]) -> bool:
    """Return whether the text is a script: what is between the end of one string and the beginning of the next."""
    return sum(len(_OF_CODE.findall(text)) for text in paragraphs) > _MOST_CODE * sum(map(len, paragraphs))


def _texts(page: bytes) -> Iterator[str]:
    """Yield the long strings in the scripts, and each list of blocks as one text.

    A string may be data that contains strings, and a script may be the template of a text.
    """
    left = _MOST_READ
    stream = "".join(map(_decoded, _CHUNK.findall(page.decode("utf-8", "replace")))) if b"__next_f" in page else ""
    if stream:
        yield "".join(f"<p>{text}</p>" for text in _streamed(stream))
    for content in chain([stream], (script[2].decode("utf-8", "replace") for script in _SCRIPT.finditer(page))):
        waiting = [content[:_MOST_READ]]
        if waiting[0].lstrip()[:1] == "<":  # a template, or the text for readers without scripts
            left -= len(waiting[0])
            yield waiting.pop()
        while waiting:
            data = waiting.pop()
            yield from map(_marked_up, _block_lists(data))
            for found in _STRING.finditer(data):
                left -= len(found[1])
                if left < 0:
                    return
                text = _decoded(found[1])
                if _DATA.search(text):
                    waiting.append(text)
                elif text:
                    yield text


def _streamed(stream: str) -> Iterator[str]:
    """Yield the paragraphs in a stream of React's server components: a row is a number, a colon, an element in JSON."""
    for row in _ROW.finditer(stream):
        try:
            waiting: list[object] = [json.loads(row[1])]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(reversed(value.values()))
            elif isinstance(value, list) and value[:1] == ["$"] and len(value) > 3 and value[1] in _PARAGRAPH_TAGS:
                yield _text_in(value, _DEEPEST)
            elif isinstance(value, list):
                waiting.extend(reversed(value))


def _marked_up(texts: list[str]) -> str:
    return "".join(text if "<p" in text else f"<p>{text}</p>" for text in texts)


def _decoded(string: str) -> str:
    try:
        found = json.loads(f'"{string}"', strict=False)
    except ValueError:
        return ""
    return encodable(found) if isinstance(found, str) else ""


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a string, without its markup if it has any; none when it is no prose."""
    if "<p" not in text and "<br" not in text and "<div" not in text:
        return [
            part
            for part in (" ".join(part.split()) for part in _LINE_BREAK.split(text))
            if " " in part or not part.isascii()
        ]
    try:
        page = parse_page(affordable(text.encode("utf-8", "replace")))
    except PageTooCostly:
        return []
    resolve_hints(page, weigh(page))
    texts = [piece.text for piece in page.pieces if not (piece.box.effective_hints | piece.hints) & SET_ASIDE]
    return [text for text in texts if not _PLACEHOLDER.fullmatch(text)]


def _block_lists(script: str) -> Iterator[list[str]]:
    """Yield the texts of each list of blocks in the data of *script*, with their markup."""
    seen = 0
    for data in _json_values(script):
        waiting = [data]
        while waiting and seen < _MOST_VALUES:
            seen += 1
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value)
                texts = [text for text in map(_block_text, value) if text] if len(value) >= _FEWEST_BLOCKS else []
                if len(texts) >= _FEWEST_BLOCKS:
                    yield texts


def _json_values(script: str) -> Iterator[object]:
    """Yield the JSON values in *script*. A part that is no JSON is skipped to the next line."""
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(_MOST_BEGINNINGS):
        found = _JSON_BEGINS.search(script, at)
        if found is None:
            return
        try:
            value, at = decoder.raw_decode(script, found.start())
            yield value
        except (ValueError, RecursionError):
            at = script.find("\n", found.start()) + 1
            if not at:
                return


def _block_text(item: object) -> str:
    """Return the text of a block; empty when it has none or is about something else."""
    if isinstance(item, dict) and any(isinstance(item.get(name), str) and item[name] for name in _KEYS_OF_OTHERS):
        return ""
    text = _text_in(item, _DEEPEST)
    return text if " " in text or not text.isascii() else ""  # the name of a tag, a type, a key


def _text_in(value: object, left: int) -> str:
    if isinstance(value, str):
        return value
    if not left:
        return ""
    if isinstance(value, list):
        if value[:1] == ["$"]:  # React's way to write an element: ["$", tag, key, properties]
            value = value[3:]
        return "".join(_text_in(item, left - 1) for item in value)
    if isinstance(value, dict):
        texts = (_text_in(value[name], left - 1) for name in _TEXT_KEYS if name in value)
        return next((text for text in texts if text), "")
    return ""
