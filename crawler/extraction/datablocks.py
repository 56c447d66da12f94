"""A text in a page's data that is cut into blocks: a list with an item for each paragraph."""

import json
import re
from collections.abc import Iterator

_FEWEST = 3  # items of a list that is a text
_MOST_VALUES = 50_000
_MOST_TRIES = 20  # places where data may begin
_DEEPEST = 6  # values inside each other in one block
_BEGINS = re.compile(r"[\[{]\s*[\[{\"]")
# Where a block has its text, the likeliest first.
_NAMES = ("html", "text", "content", "value", "body", "paragraph", "children", "data", "model")
# An item that has one of these is about something else: another article, a person, a comment.
_OF_OTHERS = ("url", "href", "slug", "headline", "title", "author", "user", "username", "byline")


def lists_in(script: str) -> Iterator[list[str]]:
    """The texts of each list of blocks in the data of *script*, as they stand there, markup and all."""
    seen = 0
    for data in _values(script):
        waiting = [data]
        while waiting and seen < _MOST_VALUES:
            seen += 1
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value)
                texts = [text for text in map(_block, value) if text] if len(value) >= _FEWEST else []
                if len(texts) >= _FEWEST:
                    yield texts


def _values(script: str) -> Iterator[object]:
    """The values that can be read; what is no JSON is passed over to the next line."""
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(_MOST_TRIES):
        found = _BEGINS.search(script, at)
        if found is None:
            return
        try:
            value, at = decoder.raw_decode(script, found.start())
            yield value
        except (ValueError, RecursionError):
            at = script.find("\n", found.start()) + 1
            if not at:
                return


def _block(item: object) -> str:
    """The text of a block; empty when it has none or is about something else."""
    if isinstance(item, dict) and any(isinstance(item.get(name), str) and item[name] for name in _OF_OTHERS):
        return ""
    text = _text(item, _DEEPEST)
    return text if " " in text or not text.isascii() else ""  # the name of a tag, a type, a key


def _text(value: object, left: int) -> str:
    if isinstance(value, str):
        return value
    if not left:
        return ""
    if isinstance(value, list):
        if value[:1] == ["$"]:  # React's way to write an element: ["$", tag, key, properties]
            value = value[3:]
        return "".join(_text(item, left - 1) for item in value)
    if isinstance(value, dict):
        texts = (_text(value[name], left - 1) for name in _NAMES if name in value)
        return next((text for text in texts if text), "")
    return ""
