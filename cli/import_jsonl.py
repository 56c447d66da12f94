"""`newskeep import` of articles, one JSON object a line."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from cli.exits import FINE, SOME_PAGES_FAILED
from cli.import_answers import Answers, answering
from cli.output import say
from news.imports import Imported, read_line
from news.teasers import remove_teasers

if TYPE_CHECKING:
    from archive.home import Home

_MOST_BYTES = 10_000_000  # of a line


def import_jsonl(home: Home, file: BinaryIO, *, as_json: bool, dry_run: bool) -> int:
    """Take in each line; the exit code."""
    answers = Answers(None)
    if dry_run:
        readable = sum(1 for _ in _readable(file, answers))
        say(f"{readable} articles could be taken in, {answers.parts} lines not")
        return SOME_PAGES_FAILED if answers.parts else FINE
    from archive.database import open_archive
    from archive.importing import SIZE, Importer

    engine = open_archive(home)
    try:
        with answering(engine, as_json) as answers:
            importer, lines = Importer(engine), _readable(file, answers)
            while batch := list(islice(lines, SIZE)):
                for one, outcome in zip(batch, importer.store(batch), strict=True):
                    answers.ended(one.id, outcome)
    finally:
        engine.dispose()
    errors, older = answers.counts["error"], answers.counts["skipped"]
    more = (f", {older} older than what is known" if older else "") + (
        f", {errors} could not be taken in" if errors else ""
    )
    say(f"{answers.parts} lines: {answers.in_words()}{more}")
    return SOME_PAGES_FAILED if errors else FINE


def _readable(file: BinaryIO, answers: Answers) -> Iterator[Imported]:
    """The articles as news.teasers leaves them; a line that is none is told of and counted as an error."""
    for number, line in enumerate(_lines(file), 1):
        try:
            if isinstance(line, Exception):
                raise ValueError(f"the file is damaged from here on: {line}")
            if len(line) > _MOST_BYTES:
                raise ValueError(f"a line of more than {_MOST_BYTES} bytes")
            read = read_line(line)
            article = replace(read, article=remove_teasers(read.article))
        except ValueError as error:
            say(f"line {number}: {error}")
            answers.failed(str(error), line=number)
            continue
        yield article


def _lines(file: BinaryIO) -> Iterable[bytes | Exception]:
    """Each line that is not empty, cut where it is longer than any article; at last an error in unpacking them."""
    try:
        while line := file.readline(_MOST_BYTES + 1):
            whole = line
            while whole and not whole.endswith(b"\n") and len(line) > _MOST_BYTES:
                whole = file.readline(_MOST_BYTES)
            if line.strip():
                yield line
    except (EOFError, zlib.error, OSError) as error:
        yield error
