"""What `newskeep import` tells of each line or record, and of all of them together."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from cli.output import emit
from news.dispositions import Disposition
from news.ids import short_id

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.store import Outcome

_WORDS = {"new": "new", "revision": "revised", "duplicate": "known already", "near_duplicate": "near copies"}


class Answers:
    """Counts how each part of an import ended and keeps the answers until the stories have settled."""

    def __init__(self, file: IO[str] | None) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.parts = 0
        self._file = file  # None when nobody asked
        self._first_of: dict[int, str] = {}

    def failed(self, reason: str, **named: Any) -> None:
        """A part that is nothing to take in."""
        self._count("error", reason)
        self._write({**named, "error": reason})

    def ended(self, name: str, outcome: Outcome, **more: Any) -> None:
        """A part that was compared with the archive, or left for a reason of its own."""
        answer = self._became(name, outcome)
        key = next((key for key in ("error", "skipped") if key in answer), "")
        self._count(answer.get("relation") or key, answer.get(key, ""))
        self._write({"id": name, **more, **answer})

    def in_words(self) -> str:
        """What became of all of them, on one line."""
        parts = [f"{self.counts[relation]} {words}" for relation, words in _WORDS.items() if self.counts[relation]]
        return ", ".join(parts) or "nothing"

    def _count(self, how: str, reason: str) -> None:
        self.parts += 1
        self.counts[how] += 1
        if reason:
            self.reasons[reason] += 1

    def _write(self, answer: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(answer) + "\n")

    def _became(self, name: str, outcome: Outcome) -> dict[str, Any]:
        """`story` is a number until the stories have settled."""
        if outcome.disposition is Disposition.SKIPPED:
            return {"skipped": outcome.reason}
        if outcome.article_id is None or outcome.disposition is Disposition.FAILED:
            return {"error": outcome.reason}
        relation = _relation(outcome)
        rule = outcome.evidence or {}
        of = None if relation == "new" else int(rule.get("article") or outcome.article_id)
        answer = {
            "story": outcome.story_id,
            "relation": relation,
            "of": self._first_of.get(of, short_id("a", of)) if of else None,
            "article": short_id("a", outcome.article_id),
        }
        self._first_of.setdefault(outcome.article_id, name)
        return answer


@contextmanager
def answering(engine: Engine, as_json: bool) -> Iterator[Answers]:
    """Where to tell what became of each part; when all is over, however it ends, that is printed if asked for."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        try:
            yield Answers(file if as_json else None)
        finally:  # what was stored before an interruption stays, and is told of
            if as_json:
                _print(engine, file)


def _relation(outcome: Outcome) -> str:
    if outcome.disposition is Disposition.NEW:
        return "new"
    if outcome.disposition is Disposition.REVISED:
        return "revision"
    same = outcome.disposition is not Disposition.COPY or (outcome.evidence or {}).get("rule") == "same_letters"
    return "duplicate" if same else "near_duplicate"


def _print(engine: Engine, answers: IO[str]) -> None:
    """The answers, each with the story that its article is in by now."""
    from archive.importing import final_stories

    with engine.connect() as conn:
        went = final_stories(conn)
    answers.seek(0)
    for line in answers:
        answer = json.loads(line)
        story = answer.pop("story", None)
        emit({**answer, "story_id": short_id("s", went.get(story, story))} if story else answer)
