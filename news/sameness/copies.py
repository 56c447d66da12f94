"""Whether two texts belong to one story: the same agency copy, cut, edited or with an outlet's own words around it.

Text that many share does not count, nor do long quotations, nor templates that are filled with other numbers every day.
The figures come from the streams that benchmarks/sameness scores.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from news.sameness.overlap import Overlap
from news.sameness.sameness_rule import SamenessRule

WINDOW = timedelta(days=21)  # between two publications of one text
_EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)  # there was no news before, and no calendar ends around it
LEAST_WORDS = 20  # a shorter text is found by its letters alone, or not at all
LEAST_SHARED = 2  # fingerprints that make an article worth comparing
_FEW = 25  # of a text with so few fingerprints one in common is enough
SAME_ADDRESSES = 2  # stories of one outlet in which a passage stands: boilerplate of that outlet
SAME_STORIES = 5  # stories of any outlets
SAME_PLACES = 3  # articles of one story under which a fingerprint is kept: more would lead to the same story
_ALIKE_HEADLINES = 0.5
_MENTIONED = 0.4  # of a headline in the other text: both are about one thing


class Posting(NamedTuple):
    """A fingerprint of an archived text, and the revision, article, outlet and story of that text."""

    fingerprint: int
    revision_id: int
    article_id: int
    outlet_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """An archived text that was compared with a page; `reason` is None when it is another story's."""

    posting: Posting
    overlap: Overlap
    reason: SamenessRule | None

    @property
    def strength(self) -> float:
        """What the best of several matches is chosen by."""
        return self.overlap.share + self.overlap.both


def placed_at(date_published: datetime | None, captured_at: datetime) -> datetime:
    """Return the time by which the text is ordered: publication when in the past, else capture."""
    stated = date_published if date_published and date_published <= captured_at else captured_at
    return max(stated, _EARLIEST)


def match(overlap: Overlap, *, same_outlet: bool) -> SamenessRule | None:
    """Return the reason to count both as one story, or None."""
    if _is_template(overlap):
        return None
    if same_outlet:
        alike = overlap.both >= 0.55 and overlap.headline >= _ALIKE_HEADLINES and overlap.words >= 25
        # "Wetter in Graz" is not "Wetter in Linz"
        return SamenessRule.EDITED_TEXT if alike and not overlap.unmatched else None
    if overlap.words >= 30 and overlap.both >= (0.5 if overlap.about >= 0.25 else 0.7):
        return SamenessRule.SAME_TEXT
    if overlap.about >= _MENTIONED:
        if overlap.headline >= _ALIKE_HEADLINES and overlap.share >= 0.18 and overlap.words >= 8:
            return SamenessRule.SAME_HEADLINE
        clearly = overlap.about >= 0.75 and overlap.words > overlap.quoted  # two reports of one event share quotations
        if overlap.share >= (0.25 if clearly else 0.34) and overlap.words >= 16:
            return SamenessRule.PART_OF_TEXT
    return SamenessRule.PART_OF_TEXT if overlap.share >= 0.65 and overlap.both >= 0.25 and overlap.words >= 25 else None


def _is_template(overlap: Overlap) -> bool:
    """Whether the words agree and what is filled in between them does not: numbers, or names in alike headlines."""
    if overlap.numbers_changed >= 2 and overlap.numbers_kept <= 4 * overlap.numbers_changed:
        return True
    return overlap.headline >= 0.35 and overlap.unmatched >= 3 and 0.4 <= overlap.both < 0.9


def is_certain(overlap: Overlap, reason: SamenessRule) -> bool:
    """Return whether the match is strong enough to join two stories that were apart."""
    least = 0.45 if overlap.about >= 0.75 else 0.6
    return reason is SamenessRule.SAME_TEXT or (
        overlap.share >= least and overlap.words >= 40 and overlap.about >= _MENTIONED
    )


def nearest(compared: Iterable[Found]) -> list[Found]:
    """Return the best match, and after it those that certainly are the same story."""
    matches = sorted(
        (candidate for candidate in compared if candidate.reason),
        key=lambda candidate: (-candidate.strength, candidate.posting.revision_id),
    )
    if not matches or not _certain(matches[0]):
        return matches[:1]
    return matches[:1] + [candidate for candidate in matches[1:] if _certain(candidate)]


def _certain(candidate: Found) -> bool:
    return candidate.reason is not None and is_certain(candidate.overlap, candidate.reason)


def is_roundup(compared: Iterable[Found], words: int) -> bool:
    """Return whether a text of so many *words* is put together from three or more stories, each a small part of it."""
    parts: dict[int, float] = {}
    for candidate in compared:
        if candidate.overlap.words >= 15 and candidate.overlap.mentions >= _ALIKE_HEADLINES:
            part = candidate.overlap.words / max(1, words)
            parts[candidate.posting.story_id] = max(part, parts.get(candidate.posting.story_id, 0))
    return sum(part >= 0.08 for part in parts.values()) >= 3 and max(parts.values()) < 0.4


def boilerplate_fingerprints(postings: Iterable[Posting], outlet_id: int, story_id: int | None) -> frozenset[int]:
    """Return the fingerprints that are boilerplate for a text of this outlet; its own story does not count."""
    of_outlet: dict[int, set[int]] = {}
    of_all: dict[int, set[int]] = {}
    for posting in postings:
        if posting.story_id != story_id:
            of_all.setdefault(posting.fingerprint, set()).add(posting.story_id)
            if posting.outlet_id == outlet_id:
                of_outlet.setdefault(posting.fingerprint, set()).add(posting.story_id)
    many = {value for value, stories in of_all.items() if len(stories) >= SAME_STORIES}
    return frozenset(many | {value for value, stories in of_outlet.items() if len(stories) >= SAME_ADDRESSES})


def worth_comparing(
    chosen: Mapping[int, int],
    postings: Iterable[Posting],
    boilerplate: frozenset[int],
    most: int = 8,
    of_story: int = 2,
) -> list[Posting]:
    """Return one posting for each text that shares enough fingerprints: those that share most, a few of each story."""
    least = 1 if len(chosen) <= _FEW else LEAST_SHARED
    shared: dict[int, set[int]] = {}
    texts: dict[int, Posting] = {}
    for posting in postings:
        if posting.fingerprint not in boilerplate:
            shared.setdefault(posting.revision_id, set()).add(posting.fingerprint)
            texts[posting.revision_id] = posting
    order = sorted(texts.values(), key=lambda posting: (-len(shared[posting.revision_id]), posting.revision_id))
    taken: dict[int, int] = {}
    best: list[Posting] = []
    for posting in order:
        if len(shared[posting.revision_id]) >= least and taken.get(posting.story_id, 0) < of_story:
            taken[posting.story_id] = taken.get(posting.story_id, 0) + 1
            best.append(posting)
    return best[:most]


def to_keep(
    chosen: Mapping[int, int], postings: Sequence[Posting], boilerplate: frozenset[int], article_id: int, story_id: int
) -> list[int]:
    """Return the fingerprints to store for a text: no boilerplate, none that its article or story has already."""
    known: dict[int, set[int]] = {}
    for posting in postings:
        if posting.story_id == story_id:
            known.setdefault(posting.fingerprint, set()).add(posting.article_id)
    return [
        value
        for value in chosen
        if value not in boilerplate
        and article_id not in known.get(value, ())
        and len(known.get(value, ())) < SAME_PLACES
    ]
