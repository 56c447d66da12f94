"""Inputs as a broken or hostile server may send them: real-looking seeds, changed by a random generator.

Each input has an address, (kind, number, seed of the run), so that one that does harm can be made again.
"""

import gzip
import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

SEEDS = Path(__file__).with_name("seeds")

_TOKENS = re.compile(rb"<!\[CDATA\[.{0,500}?\]\]>|<!--.{0,500}?-->|<[^<>]{0,2000}>|[^<]+|<", re.DOTALL)
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]+|\d+|\s+|.", re.DOTALL)
_CLAIMS = re.compile(rb'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
_ATTRIBUTE = re.compile(rb"""(?<![\w:-])([\w:-]{1,40})=("[^"]*"|'[^']*'|[^\s>]+)""")
_NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"&#xD800;", b"&#0;", b"&#99999999999;", b"&nbsp;", b"&",
    b"<", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"%00", b"%", b"\\u0000",
    b"\\ud800", b"'", b'"', b"\\", b"//", b"://", b"http://[", b"http://[::1%25x]:99999", b"https://x:y@z:0/", b"@",
    b"#", b"?", b";", b"9" * 400, b"-1", b"0", b"1e999", b"NaN", b"9999-12-31T23:59:59-23:59", b"24:60:61",
    b"0001-01-01T00:00:00+23:59", b"\r", b"\n\n", b"\t", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xd9\xa1\xd9\xa2",
    b"\xe4\xb8\xad", b"\xf0\x9f\x98\x80", b"\xc2\xb2", b"<script>", b"</script>", b"<b>", b"</p>", b"<svg>",
    b"<template>", b"<plaintext>", b"<frameset>", b"<select><option>", b"[", b"]", b"{", b"}", b"(" * 50, b"a" * 5000,
    b" " * 5000, b"true", b"null", b"=", b"*", b"$", b"\x1b[2J",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, "", " ", "\x00", "\ud800", "9999-12-31T23:59:59Z", "a" * 3000, [], {}, [None],
    [[[]]], {"@id": "#a"}, {"@type": "Person"}, {"@type": ["NewsArticle", 3]}, {"@value": {"@value": "x"}},
    {"name": ["a", {"name": 1}]},
)  # fmt: skip
_LONGEST = 100_000  # bytes; what is large on purpose has tests of its own
_Change = Callable[[bytes, Random], bytes]


def mutated(kind: str, number: int, run: int) -> bytes:
    """Return input *number* of the kind: a seed with one to six changes, by its structure or byte by byte."""
    rng = Random(f"{run} {kind} {number}")
    data = rng.choice(seeds(kind))
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        data = rng.choice(_CHANGES[kind])(data, rng)[:_LONGEST]
    return gzip.compress(data, 1)[: rng.choice((None, 200))] if rng.random() < _PACKED.get(kind, 0) else data


@lru_cache(maxsize=16)
def seeds(kind: str) -> Sequence[bytes]:
    """Return the seeds of a kind: the files of a folder, or the lines of a file."""
    folder = SEEDS / _FOLDERS.get(kind, kind)
    if folder.is_dir():
        return [path.read_bytes() for path in sorted(folder.iterdir())]
    return folder.with_suffix(".txt").read_bytes().splitlines()


def _bytes(data: bytes, rng: Random) -> bytes:
    """Change one to eight bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 8)) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(data: bytes, rng: Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_NASTY) + data[at:]


def _cut(data: bytes, rng: Random) -> bytes:
    """Leave out a piece, often all of the end."""
    start = rng.randint(0, len(data))
    return data[:start] + (data[rng.randint(start, len(data)) :] if rng.random() < 0.7 else b"")


def _repeat(data: bytes, rng: Random) -> bytes:
    start = rng.randint(0, len(data))
    piece = data[start : start + rng.choice((1, 3, 20, 200))]
    return data[:start] + piece * rng.choice((2, 10, 300)) + data[start:]


def _tokens(pattern: re.Pattern[bytes]) -> _Change:
    """Return a change that swaps, drops, repeats or replaces a token."""

    def change(data: bytes, rng: Random) -> bytes:
        tokens = pattern.findall(data)
        if not tokens:
            return data
        at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        how = rng.randrange(5)
        if how == 0:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif how == 1:
            del tokens[at : at + rng.choice((1, 1, 5))]
        elif how == 2:
            tokens[at : at + 1] = [tokens[at]] * rng.choice((2, 30, 400))
        elif how == 3:
            tokens[at] = tokens[other]
        else:
            tokens[at] = rng.choice(_NASTY)
        return b"".join(tokens)

    return change


def _attributes(data: bytes, rng: Random) -> bytes:
    """Give an attribute the value of another one, or something nasty, or a new name."""
    found = list(_ATTRIBUTE.finditer(data))
    if not found:
        return data
    one, other = rng.choice(found), rng.choice(found)
    name, value = rng.choice(((one[1], other[2]), (one[1], b'"' + rng.choice(_NASTY) + b'"'), (other[1], one[2])))
    return data[: one.start()] + name + b"=" + value + data[one.end() :]


def _json(data: bytes, rng: Random) -> bytes:
    """Change a value somewhere in the JSON document; when it is none any more, some bytes."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return _insert(data, rng)
    return json.dumps(_changed(document, rng)).encode()


def _changed(value: Any, rng: Random) -> Any:
    if isinstance(value, dict | list) and value and rng.random() < 0.8:
        copy: Any = value.copy()
        at = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        copy[at] = _changed(value[at], rng)
        return copy
    how = rng.randrange(4)
    nested: Any = value
    for _ in range(rng.choice((1, 3, 60)) if how == 0 else 0):
        nested = rng.choice(([nested], {"@graph": nested}, {"name": nested, "@type": "Person"}))
    if how == 1 and isinstance(value, str) and value:
        at = rng.randrange(len(value))
        return value[:at] + rng.choice(("\x00", "\ud83d", "<b>", "&amp;", " | ", "\u202e", "9" * 50)) + value[at:]
    return nested if how == 0 else [value, rng.choice(_VALUES)] if how == 2 else rng.choice(_VALUES)


def _claims(data: bytes, rng: Random) -> bytes:
    """Change the JSON-LD of a page."""
    return _CLAIMS.sub(lambda found: found[1] + rng.choice((_json, _json, _bytes))(found[2], rng) + found[3], data)


_RAW: tuple[_Change, ...] = (_bytes, _insert, _cut, _repeat)
_MARKUP: tuple[_Change, ...] = (*_RAW, _tokens(_TOKENS), _tokens(_TOKENS), _tokens(_WORDS), _attributes, _attributes)
_TEXT: tuple[_Change, ...] = (*_RAW, *[_tokens(_WORDS)] * 4)
_CHANGES: dict[str, tuple[_Change, ...]] = {
    "feeds": (*_MARKUP, _json),
    "sitemaps": _MARKUP,
    "pages": _MARKUP,
    "listings": _MARKUP,
    "claims": (_claims,),
    "robots": _TEXT,
    "dates": _TEXT,
    "urls": _TEXT,
    "outlets": _TEXT,
}
_FOLDERS = {"listings": "pages", "claims": "pages"}
_PACKED = {"feeds": 0.05, "sitemaps": 0.1}
