"""Small questions about a piece of text that several rules ask."""

import re
from functools import lru_cache

from news.text import key as folded

_CJK = "\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WIDE = re.compile(f"[{_CJK}]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:;]['\"”“’»«)\]›」』*†]*$")
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


def clean(text: str) -> str:
    """*text* without what no database or file takes: NUL bytes and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def size(text: str) -> float:
    """Length in characters of an alphabetic script; one of a syllabic script stands for two and a half."""
    length = len(text)
    return length if text.isascii() else length + 1.5 * len(_WIDE.findall(text))


@lru_cache(maxsize=512)
def key(text: str) -> str:
    """As `news.text` has it, and remembered: one page asks for its headlines and its site's names again and again."""
    return folded(text)


def ends_sentence(text: str) -> bool:
    """True when *text* ends as a sentence does."""
    return bool(_SENTENCE_END.search(text[-8:]))


def words(text: str) -> list[str]:
    """The words of *text*, folded; single characters of scripts written without spaces."""
    return _WORD.findall(text.casefold())


def overlap(first: str, second: str) -> float:
    """Share (0 to 1) of the shorter text's words that the other one has too."""
    one, other = set(words(first)), set(words(second))
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def likeness(first: str, second: str) -> float:
    """Share (0 to 1) of all words of both texts that they have in common."""
    one, other = set(words(first)), set(words(second))
    return len(one & other) / len(one | other) if one and other else 0.0
