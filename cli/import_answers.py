"""The answers of `newskeep import`: counted as they come, printed at the end."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from cli.output import STDOUT, emit, ignore_broken_pipe, plural, say
from news.article import short_id
from news.dispositions import Disposition
from news.reasons import in_words
from news.sameness.sameness_rule import SamenessRule

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.ingest.fetched import Outcome

_MOST_SAID = 20  # problems
_WORDS = {
    "new": "new",
    "revised": "revised",
    "copy": "copies",
    "near_copy": "near copies",
    "moved": "moved",
    "unchanged": "known already",
    "skipped": "skipped",
    "error": "failed",
}


class Answers:
    """Counts how each part of an import ended and keeps the answers until the stories have settled."""

    def __init__(self, file: IO[str] | None) -> None:
        self.counts: Counter[str] = Counter()  # by relation, skipped, error
        self.reasons: Counter[str] = Counter()
        self.parts = 0
        self._ends: Counter[str] = Counter()  # in the words of crawls
        self._problems = 0
        self._file = file  # None without --json
        self._first_of: dict[int, str] = {}

    def failed(self, problem: str, **named: Any) -> None:
        """Note a part that cannot be imported, and say so unless many have been."""
        where = " ".join(f"{name} {value}" for name, value in named.items())
        self._count("error", "error")
        self._write({**named, "error": problem})
        self._problems += 1
        if self._problems <= _MOST_SAID:
            say(f"{where}: {problem}" if where else problem)

    def ended(self, name: str, outcome: Outcome, **more: Any) -> None:
        """Note how a part ended that was imported or skipped."""
        answer = self._became(name, outcome)
        key = next((key for key in ("error", "skipped") if key in answer), "")
        end = "near_copy" if answer.get("relation") == "near_duplicate" else str(outcome.disposition)
        self._count(answer.get("relation") or key, key or end, answer.get(key, ""))
        self._write({"id": name, **more, **answer})

    def say_all(self, others: Mapping[str, int]) -> None:
        """Say the counts on one line, with the most common reasons and, by kind, the records that are no captures."""
        if self._problems > _MOST_SAID:
            say(f"… and {plural(self._problems - _MOST_SAID, 'further problem')} of that kind")
        ends = ", ".join(f"{self._ends[end]} {words}" for end, words in _WORDS.items() if self._ends[end])
        whys = " · ".join(f"{number} {in_words(reason)}" for reason, number in self.reasons.most_common(8))
        beside = ", ".join(f"{number} {kind}" for kind, number in others.items())
        say(
            f"{plural(self.parts, 'record')}: {ends or 'nothing'}"
            + (f" ({whys})" if whys else "")
            + (f"; no captures: {beside}" if beside else "")
        )

    def emit_summary(self, others: Mapping[str, int]) -> None:
        """Print the counts as JSON; *others* are records that are no captures, by kind."""
        kinds = {"skipped": "skipped", "failed": "error"}
        ends = {how: number for how, number in self.counts.items() if how not in kinds.values()}
        ends |= {name: self.counts[how] for name, how in kinds.items()}
        balanced = sum(ends.values()) == self.parts
        counts = {"records": self.parts, "counts": ends, "reasons": self.reasons, "other_records": others}
        emit({"type": "summary", **counts, "balanced": balanced})

    def _count(self, how: str, end: str, reason: str = "") -> None:
        self.parts += 1
        self.counts[how] += 1
        self._ends[end] += 1
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
            "of": short_id("a", of) if of else None,
            "of_id": self._first_of.get(of) if of else None,
            "article": short_id("a", outcome.article_id),
        }
        if self._file:
            self._first_of.setdefault(outcome.article_id, name)
        return answer


@contextmanager
def answering(engine: Engine, as_json: bool) -> Iterator[Answers]:
    """Yield a collector; with *as_json*, print its answers at the end, also after an interruption."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        try:
            yield Answers(file if as_json else None)
        finally:  # what was stored before an interruption stays, and is reported
            if as_json:
                with ignore_broken_pipe(STDOUT):
                    _print(engine, file)


def _relation(outcome: Outcome) -> str:
    if outcome.disposition is Disposition.NEW:
        return "new"
    if outcome.disposition is Disposition.REVISED:
        return "revision"
    rule = (outcome.evidence or {}).get("rule")
    is_near = outcome.disposition is Disposition.COPY and rule != SamenessRule.SAME_LETTERS
    return "near_duplicate" if is_near else "duplicate"


def _print(engine: Engine, answers: IO[str]) -> None:
    """Print the answers, each with the present story of its article."""
    from archive.ingest.importer import final_stories

    with engine.connect() as conn:
        went = final_stories(conn)
    answers.seek(0)
    for line in answers:
        answer = json.loads(line)
        story = answer.pop("story", None)
        emit({**answer, "story_id": short_id("s", went.get(story, story))} if story else answer)
