"""Decide from plain values whether a page is already archived, and give the evidence.

What this very address showed last counts first, then the article's latest revision: two addresses of one article that
are edited one after the other never undo each other. Text alone joins different addresses only where it is too long to
be a stock phrase, and never behind a paywall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from news.agencies import agency_named
from news.dispositions import Disposition
from news.sameness.copies import Found
from news.sameness.normal_forms import Compared, letters_digest, letters_of, words_of
from news.sameness.sameness_rule import SamenessRule

LEAST_NEAR = 20  # words of a text that is looked for at all
LEAST_WORDS = 30  # shorter texts are walls, stubs and captions: many pages show the same one
CERTAIN_WORDS = 100  # a text of this length is one article even under another headline
_STUB = 0.5  # of the words that are kept
_BELOW = 25  # words of an invitation to subscribe
_SAME_HEADLINE = 0.5  # share of the shorter headline's words that both have
_RELATED_SHINGLES = 0.1  # unrelated texts share hardly any three words in a row, an edited one most


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """A fetched page to be judged. `own_key` is its address, `canonical_key` the believed canonical one.

    `walled`: only a part of the text is shown (paywall, broken off). `undated`: the capture time is unknown.
    """

    outlet_id: int
    own_key: int
    canonical_key: int
    wording_digest: bytes  # of headline, lead and body
    headline: str | None
    body: str
    words: int
    walled: bool = False
    undated: bool = False


@dataclass(frozen=True, slots=True)
class JudgedArticle:
    """An archived article: the digests of its revisions' wordings, by number, and the latest in full."""

    id: int
    outlet_id: int
    url_key: int
    wording_digests: Mapping[int, bytes]
    headline: str | None
    body: str
    words: int
    walled: bool = False

    @property
    def latest(self) -> int:
        """The number of the latest revision."""
        return max(self.wording_digests)


@dataclass(frozen=True, slots=True)
class Address:
    """What this very address showed when it was last read: its article, and the wording and revision.

    An address that was never read may have an article too: then `wording_digest` is None.
    """

    article: JudgedArticle | None = None
    wording_digest: bytes | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Sameness:
    """The verdict: NEW, COPY, REVISED, UNCHANGED or MOVED; the article it names and the revision the page shows."""

    verdict: Disposition
    article_id: int | None = None
    revision: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def judge(
    page: JudgedPage,
    address: Address,
    canonical: JudgedArticle | None,
    twins: Sequence[JudgedArticle],
    near: Sequence[Found] = (),
) -> Sameness:
    """Compare *page* by its addresses, and where they are new by its text."""
    return judge_address(page, address, canonical) or judge_text(page, twins, near)


def judge_address(page: JudgedPage, address: Address, canonical: JudgedArticle | None) -> Sameness | None:
    """Compare *page* with what its address showed last and the article at its canonical address; None without one."""
    if address.article and address.wording_digest == page.wording_digest:
        return _still(page, address.article, address.revision)
    archived = _archived_state(page, address, canonical)
    return _compare(page, address, archived) if archived else None


def judge_text(page: JudgedPage, twins: Sequence[JudgedArticle], near: Sequence[Found]) -> Sameness:
    """Compare a *page* at a new address with *twins*, then with *near*.

    *twins* are articles that had the same letters in some revision, the earliest first; *near* are texts that share
    passages with it, the best match first.
    """
    if page.walled or page.words < LEAST_NEAR:
        return Sameness(Disposition.NEW, evidence={"rule": SamenessRule.TOO_LITTLE_TO_COMPARE, "words": page.words})
    twin = _twin(page, twins) if page.words >= LEAST_WORDS else None
    return twin or _near(page, near)


def related(first: tuple[str | None, str], second: tuple[str | None, str]) -> bool:
    """Return whether two (headline, body) pairs are states of one article: alike headlines, or wording in common."""
    if _headline_overlap(first[0], second[0]) >= _SAME_HEADLINE:
        return True
    some, others = _shingles(first[1]), _shingles(second[1])
    return bool(some and others) and len(some & others) / min(len(some), len(others)) >= _RELATED_SHINGLES


def _archived_state(page: JudgedPage, address: Address, canonical: JudgedArticle | None) -> JudgedArticle | None:
    """Return the article of which this page is a state.

    An address counts by itself. What a page merely declares counts only for a related text: some systems declare
    one and the same address on all their pages.
    """
    if canonical and (canonical.url_key == page.own_key or _is_related(page, canonical)):
        return canonical
    article = address.article
    if article is None or article.url_key in (page.own_key, page.canonical_key) or page.canonical_key == page.own_key:
        return article
    return article if _is_related(page, article) else None


def _compare(page: JudgedPage, address: Address, archived: JudgedArticle) -> Sameness:
    known_address = _was_read_as(address, archived)
    same = _unchanged if known_address else _moved
    if page.wording_digest == archived.wording_digests[archived.latest]:
        return same(archived, archived.latest, SamenessRule.LATEST_REVISION)
    earlier = max(
        (number for number, wording in archived.wording_digests.items() if wording == page.wording_digest), default=None
    )
    if earlier is not None and (page.undated or _lags(address, archived, earlier)):
        return same(archived, earlier, SamenessRule.EARLIER_REVISION)
    if not known_address and letters_digest(page.body) == letters_digest(archived.body):
        return same(
            archived, archived.latest, SamenessRule.SAME_LETTERS
        )  # another layout's headline or lead is no edit
    if part := _part(page, archived):
        revision = address.revision if known_address else archived.latest
        return same(archived, revision, part, words=page.words, words_kept=archived.words)
    evidence = {"rule": SamenessRule.OTHER_TEXT, "article": archived.id, "since": archived.latest}
    return Sameness(Disposition.REVISED, archived.id, archived.latest + 1, evidence)


def _still(page: JudgedPage, article: JudgedArticle, revision: int | None) -> Sameness:
    """Judge an address that shows what it showed before: unchanged, or still only a part."""
    part = None if page.wording_digest in article.wording_digests.values() else _part(page, article)
    more = {"words": page.words, "words_kept": article.words} if part else {}
    return _unchanged(article, revision, part or SamenessRule.ADDRESS_SHOWS_THE_SAME, **more)


def _part(page: JudgedPage, archived: JudgedArticle) -> SamenessRule | None:
    """Return the rule by which the page shows less than the archive has; None when it does not."""
    if archived.walled:
        return None
    if page.walled and page.words < archived.words:
        return SamenessRule.PAYWALLED_LATER
    return SamenessRule.ONLY_ITS_BEGINNING if _is_beginning(page, archived) else None


def _is_beginning(page: JudgedPage, archived: JudgedArticle) -> bool:
    """Return whether the page is at most the first half of the archived text, plus perhaps one line.

    No outlet edits like that; an unmarked paywall cuts like that, and so does a page that broke off.
    """
    if page.words > _STUB * archived.words or archived.words < LEAST_WORDS:
        return False
    short, whole = letters_of(page.body), letters_of(archived.body)
    if whole.startswith(short):
        return True
    *first, last = page.body.split("\n\n")
    begins = letters_of("".join(first))
    return len(last.split()) <= _BELOW and len(begins) >= len(short) / 2 and whole.startswith(begins)


def _lags(address: Address, archived: JudgedArticle, earlier: int) -> bool:
    """Return whether the address shows a state older than revision *earlier*, or never showed this article."""
    revision = address.revision if _was_read_as(address, archived) else None
    return revision is None or revision < earlier


def _was_read_as(address: Address, archived: JudgedArticle) -> bool:
    return address.wording_digest is not None and address.article is not None and address.article.id == archived.id


def _twin(page: JudgedPage, twins: Sequence[JudgedArticle]) -> Sameness | None:
    for twin in sorted(twins, key=lambda twin: twin.outlet_id != page.outlet_id):
        overlap = _headline_overlap(page.headline, twin.headline)
        facts = {"words": page.words, "headline": round(overlap, 2)}
        if twin.outlet_id != page.outlet_id and (overlap > 0 or _speaks_of(page, twin)):
            evidence = {"rule": SamenessRule.SAME_LETTERS, "article": twin.id, **facts, "share": 100, **_agency(page)}
            return Sameness(Disposition.COPY, twin.id, 1, evidence)
        if twin.outlet_id == page.outlet_id and (overlap >= _SAME_HEADLINE or _is_certain(page, twin)):
            return _moved(twin, twin.latest, SamenessRule.SAME_LETTERS, **facts)
    return None


def _is_certain(page: JudgedPage, twin: JudgedArticle) -> bool:
    return page.words >= CERTAIN_WORDS and _speaks_of(page, twin)


def _near(page: JudgedPage, near: Sequence[Found]) -> Sameness:
    if not near:
        return Sameness(Disposition.NEW, evidence={"rule": SamenessRule.NOTHING_LIKE_IT})
    best = near[0]
    if best.reason is None:
        return Sameness(Disposition.NEW, evidence={"rule": SamenessRule.NOTHING_LIKE_IT, "nearest": evidence_of(best)})
    evidence = {"rule": best.reason, **evidence_of(best), "passages": best.overlap.longest_passages(), **_agency(page)}
    return Sameness(Disposition.COPY, best.posting.article_id, 1, evidence)


def evidence_of(match: Found) -> dict[str, Any]:
    """Return a comparison as stored evidence: shares in per cent of the words of each text."""
    overlap = match.overlap
    return {
        "article": match.posting.article_id,
        "words": overlap.words,
        "share": round(100 * overlap.share),
        "share_of_other": round(100 * overlap.both),
        "quoted": overlap.quoted,
        "headline": round(overlap.headline, 2),
        "about": round(overlap.about, 2),
        "numbers": [overlap.numbers_kept, overlap.numbers_changed],
        "longest": overlap.longest,
    }


def _agency(page: JudgedPage) -> dict[str, str]:
    named = agency_named(page.body)
    return {"agency": named} if named else {}


def _speaks_of(page: JudgedPage, twin: JudgedArticle) -> bool:
    """Return whether the text has a word of one of both headlines; a wall or notice under any headline has none."""
    headlines = [headline for headline in (page.headline, twin.headline) if headline]
    return any(Compared.of(headline, page.body).speaks_of_its_headline for headline in headlines)


def _unchanged(article: JudgedArticle, revision: int | None, rule: SamenessRule, **more: object) -> Sameness:
    evidence = {"rule": rule, "article": article.id, **more}
    return Sameness(Disposition.UNCHANGED, article.id, revision, evidence)


def _moved(article: JudgedArticle, revision: int | None, rule: SamenessRule, **more: object) -> Sameness:
    evidence = {"rule": rule, "article": article.id, **more}
    return Sameness(Disposition.MOVED, article.id, revision, evidence)


def _is_related(page: JudgedPage, article: JudgedArticle) -> bool:
    return related((page.headline, page.body), (article.headline, article.body))


def _headline_overlap(first: str | None, second: str | None) -> float:
    """Return the share (0 to 1) of the shorter headline's words that both have; 1 when one is missing."""
    some, others = set(words_of(first)), set(words_of(second))
    return len(some & others) / min(len(some), len(others)) if some and others else 1.0


def _shingles(body: str) -> set[tuple[str, ...]]:
    words = words_of(body)
    return set(zip(words, words[1:], words[2:], strict=False))
