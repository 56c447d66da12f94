"""Judges the pages of a batch one by one, and collects their rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from archive.article_fields import clean_article
from archive.ingest.existing import Existing, ExistingArticle, ExistingLink, PreparedPage, load_articles
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.near_copies import NearCopies
from archive.ingest.rows import (
    Ids,
    Rows,
    block_rows,
    capture_row,
    judged_article,
    latest_row,
    may_merge,
    member_row,
    reading_row,
    revision_values,
    settlement_of,
    take_many_ids,
    text_row,
)
from news.article import Flag
from news.dispositions import Disposition
from news.sameness.copies import Found
from news.sameness.judge import Address, JudgedArticle, Sameness, judge_address, judge_text
from news.sameness.normal_forms import letters_of, wording_digest
from news.sameness.revisions import Wording, changes, whole_paragraphs
from news.sameness.sameness_rule import SamenessRule

# By which a page shows less than the archive has.
_PARTS = (SamenessRule.PAYWALLED_LATER, SamenessRule.ONLY_ITS_BEGINNING)


class BatchJudge:
    """Compares pages in order with the archive and with the pages before them; *captures* of them have a record."""

    def __init__(
        self,
        conn: Connection,
        existing: Existing,
        links: dict[int, ExistingLink],
        near_copies: NearCopies,
        captures: int,
    ) -> None:
        self.rows = Rows()
        self._conn = conn
        self._ids = Ids(conn, near_copies.expected)
        self._near_copies = near_copies
        self._reread: dict[tuple[str, int, int], bytes | None] = {}
        self._capture_ids = take_many_ids(conn, "captures", captures)[::-1]
        self._existing = existing
        self._links = links

    def reread_ahead(self, pages: Iterable[PreparedPage]) -> None:
        """Read old captures again before the lock on texts is taken, since that takes long."""
        for prepared in pages:
            verdict = self._judge_address(prepared)
            if verdict and verdict.verdict is Disposition.REVISED:
                self._only_read_better(prepared, verdict)

    def add(self, page: FetchedPage, prepared: PreparedPage | None) -> Outcome:
        """Judge one page and collect its rows."""
        link = self._links[page.link_id]
        capture_id = self._capture(page, link)
        if prepared is None:
            return self._settle_unread(page, link)
        verdict, near = self._judge(prepared)
        if verdict.verdict is Disposition.REVISED and (why := self._no_edit(prepared, verdict)):
            verdict = Sameness(Disposition.UNCHANGED, verdict.article_id, (verdict.revision or 2) - 1, {"rule": why})
            (reading_id,) = self._ids.take("readings")
            self._reading(prepared, reading_id, capture_id)
        if verdict.verdict is Disposition.REVISED and self._is_past(prepared, verdict):
            verdict = Sameness(Disposition.SKIPPED, verdict.article_id, None, {"rule": SamenessRule.OLDER_CAPTURE})
        outcome = self._store(prepared, verdict, capture_id)
        self._join_stories(near)
        return outcome

    def finish(self, lines: list[tuple[int, int]]) -> Rows:
        """Return all rows of the batch, with *lines* of the memory and the final story of each article."""
        self.rows.lines = lines
        self.rows.fingerprints = self._near_copies.rows
        for row in (*self.rows.articles, *self.rows.members):
            row["story_id"] = self._near_copies.story(row["story_id"])
        return self.rows

    def _judge(self, prepared: PreparedPage) -> tuple[Sameness, list[Found]]:
        verdict = self._judge_address(prepared)
        if verdict:
            return verdict, []
        if not prepared.comparable:
            return judge_text(prepared, [], []), []
        twins = [twin for letters in prepared.all_letters for twin in self._existing.twins(letters)]
        by_letters = judge_text(prepared, twins, [])
        if by_letters.verdict is not Disposition.NEW:
            return by_letters, []
        near = self._near_copies.near(prepared)
        return judge_text(prepared, [], near), [copy for copy in near if copy.reason]

    def _judge_address(self, prepared: PreparedPage) -> Sameness | None:
        link = self._links[prepared.page.link_id]
        existing = self._existing.get(link.article_id) or self._existing.at(prepared.own_key)
        address = Address(existing.article if existing else None, link.wording_digest, link.revision)
        canonical = self._existing.at(prepared.canonical_key)
        return judge_address(prepared, address, canonical.article if canonical else None)

    def _join_stories(self, near: Sequence[Found]) -> None:
        """Join the stories that a page connects; the oldest keeps its number."""
        stories = sorted({self._near_copies.story(copy.posting.story_id) for copy in near})
        for other in stories[1:]:
            if may_merge(self._conn, stories[0], other):
                self._near_copies.merge(other, stories[0])
                self.rows.merges.append({"old": other, "into": stories[0]})

    def _no_edit(self, prepared: PreparedPage, verdict: Sameness) -> SamenessRule | None:
        """Return why a different text is no edit of the article; None when it is one."""
        if self._only_read_better(prepared, verdict):
            return SamenessRule.BETTER_READING
        return SamenessRule.LAYOUT_CHANGED if self._only_layout_changed(prepared, verdict) else None

    def _is_past(self, prepared: PreparedPage, verdict: Sameness) -> bool:
        """Return whether an import shows the article before its last check: an older text replaces no newer one."""
        existing = self._existing.articles[verdict.article_id or 0]
        return prepared.page.crawl_id is None and prepared.page.fetched_at < existing.checked_at

    def _only_layout_changed(self, prepared: PreparedPage, verdict: Sameness) -> bool:
        """Return whether only lines changed that the outlet also puts under other articles."""
        existing = self._existing.articles[verdict.article_id or 0]
        old = Wording.from_body(existing.article.headline, existing.lead, existing.article.body)
        changed = whole_paragraphs(old, Wording.of(prepared.shown))
        return bool(changed) and prepared.recurring.issuperset(map(letters_of, changed or ()))

    def _only_read_better(self, prepared: PreparedPage, verdict: Sameness) -> bool:
        """Return whether the page is unchanged, and only our rules have changed."""
        existing = self._existing.get(verdict.article_id)
        if not (existing and existing.capture and prepared.page.reread):
            return False
        if existing.capture not in self._reread:
            before = prepared.page.reread(*existing.capture)  # by today's rules, whatever their version is called
            self._reread[existing.capture] = wording_digest(clean_article(before)) if before else None
        return self._reread[existing.capture] == prepared.wording_digest

    def _store(self, prepared: PreparedPage, verdict: Sameness, capture_id: int | None) -> Outcome:
        if verdict.verdict in (Disposition.NEW, Disposition.COPY):
            return self._settle(prepared, verdict, self._new_article(prepared, verdict, capture_id), 1, ())
        if verdict.verdict is Disposition.REVISED:
            return self._settle(prepared, verdict, *self._new_revision(prepared, verdict, capture_id))
        return self._settle(prepared, verdict, self._existing.articles[verdict.article_id or 0], verdict.revision, ())

    def _new_article(self, prepared: PreparedPage, verdict: Sameness, capture_id: int | None) -> ExistingArticle:
        twin = self._twin(verdict)
        fresh = ["readings", "revisions", "articles"] + ([] if twin else ["stories"])
        reading_id, revision_id, article_id, *new_story = self._ids.take(*fresh)
        story_id = self._near_copies.story(twin.story_id) if twin else new_story[0]
        self.rows.stories += [{"id": number} for number in new_story]
        url, key = self._free_address(prepared)
        link = self._links[prepared.page.link_id]
        self.rows.articles.append(
            latest_row(prepared, article_id, revision_id)
            | {
                "outlet_id": link.outlet_id,
                "url": link.url,
                "canonical_url": url,
                "url_key": key,
                "story_id": story_id,
                "captured_at": prepared.page.fetched_at,
            }
        )
        self.rows.members.append(member_row(article_id, story_id, twin, verdict))
        self._reading(prepared, reading_id, capture_id)
        self._revision(prepared, article_id, revision_id, 1, reading_id, ())
        if verdict.evidence.get("rule") != SamenessRule.SAME_LETTERS:  # the first of a text is enough to find it by
            self._near_copies.put(prepared, revision_id, article_id, story_id)
        article = judged_article(prepared, article_id, key, {1: prepared.wording_digest})
        return self._remember(prepared, article, story_id, revision_id, capture_id)

    def _twin(self, verdict: Sameness) -> ExistingArticle | None:
        """Return the original of a copy."""
        if verdict.article_id is not None:
            load_articles(self._conn, self._existing, {verdict.article_id})
        return self._existing.get(verdict.article_id)

    def _free_address(self, prepared: PreparedPage) -> tuple[str, int]:
        """Return an address for a new article, with its key: one that has no article yet."""
        free = (address for address in prepared.addresses if self._existing.at(address[1]) is None)
        return next(free, prepared.addresses[-1])

    def _new_revision(
        self, prepared: PreparedPage, verdict: Sameness, capture_id: int | None
    ) -> tuple[ExistingArticle, int, tuple[str, ...]]:
        existing = self._existing.articles[verdict.article_id or 0]
        reading_id, revision_id = self._ids.take("readings", "revisions")
        number = existing.article.latest + 1
        old = Wording.from_body(existing.article.headline, existing.lead, existing.article.body)
        kinds = changes(old, Wording.of(prepared.article))
        since = max(existing.valid_from, prepared.page.fetched_at)  # imports may come out of order
        self.rows.end_revision(existing.revision_id, since)
        self._reading(prepared, reading_id, capture_id)
        self._revision(prepared, existing.article.id, revision_id, number, reading_id, kinds)
        self.rows.revisions[revision_id]["valid_from"] = since
        self.rows.states.pop(existing.article.id, None)  # its flags are written anew
        self._near_copies.put(prepared, revision_id, existing.article.id, self._near_copies.story(existing.story_id))
        self._latest(prepared, existing.article.id, revision_id)
        wordings = {**existing.article.wording_digests, number: prepared.wording_digest}
        article = replace(
            judged_article(prepared, existing.article.id, existing.article.url_key, wordings),
            outlet_id=existing.article.outlet_id,
        )
        return self._remember(prepared, article, existing.story_id, revision_id, capture_id), number, kinds

    def _latest(self, prepared: PreparedPage, article_id: int, revision_id: int) -> None:
        row = latest_row(prepared, article_id, revision_id)
        inserted = next((row for row in self.rows.articles if row["id"] == article_id), None)
        if inserted:
            inserted.update(row)
        else:
            self.rows.latest[article_id] = row

    def _remember(
        self, prepared: PreparedPage, article: JudgedArticle, story_id: int, revision_id: int, capture_id: int | None
    ) -> ExistingArticle:
        record = prepared.page.record
        place = (record.file, record.offset, record.length) if record and capture_id else None
        since, at = self.rows.revisions[revision_id]["valid_from"], prepared.page.fetched_at
        before = self._existing.get(article.id)
        first_at, checked_at = (before.first_at, max(at, before.checked_at)) if before else (at, at)
        existing = ExistingArticle(
            article, story_id, prepared.article.lead, revision_id, since, first_at, checked_at, place
        )
        self._existing.put(existing, letters=[prepared.letters])
        return existing

    def _capture(self, page: FetchedPage, link: ExistingLink) -> int | None:
        if page.record is None:
            return None
        capture_id = self._capture_ids.pop()
        self.rows.captures.append(capture_row(page.record, link.url_key, link.outlet_id, page.crawl_id, capture_id))
        return capture_id

    def _reading(self, prepared: PreparedPage, reading_id: int, capture_id: int | None) -> None:
        text = text_row(prepared)
        self.rows.texts[text["digest"]] = text
        self.rows.readings.append(reading_row(prepared, reading_id, capture_id))
        self.rows.blocks += block_rows(prepared, reading_id)

    def _revision(
        self,
        prepared: PreparedPage,
        article_id: int,
        revision_id: int,
        number: int,
        reading_id: int,
        kinds: Sequence[str],
    ) -> None:
        places = {"id": revision_id, "article_id": article_id, "number": number, "reading_id": reading_id}
        self.rows.revisions[revision_id] = places | revision_values(prepared, kinds)

    def _settle(
        self,
        prepared: PreparedPage,
        verdict: Sameness,
        existing: ExistingArticle,
        number: int | None,
        kinds: tuple[str, ...],
    ) -> Outcome:
        article_id, page, link = existing.article.id, prepared.page, self._links[prepared.page.link_id]
        rule = verdict.evidence.get("rule")
        reason = str(rule) if rule in (*_PARTS, SamenessRule.OLDER_CAPTURE) else None
        if not _is_older(page, link):
            self._settle_link(prepared, verdict, existing, number, reason)
        elif number == 1 and page.fetched_at < existing.first_at:
            self.rows.earlier[article_id] = page.fetched_at
            self._existing.put(replace(existing, first_at=page.fetched_at))
        story_id = self._near_copies.story(existing.story_id)
        removed = Counter(str(block.label) for block in prepared.article.removed)
        return Outcome(
            page.link_id, link.url, verdict.verdict, reason, article_id, story_id, number, kinds, removed,
            verdict.evidence,
        )  # fmt: skip

    def _settle_link(
        self,
        prepared: PreparedPage,
        verdict: Sameness,
        existing: ExistingArticle,
        number: int | None,
        reason: str | None,
    ) -> None:
        article_id, page, link = existing.article.id, prepared.page, self._links[prepared.page.link_id]
        checked_at = max(page.fetched_at, existing.checked_at)
        self.rows.checked[article_id] = checked_at
        settlement = replace(
            settlement_of(page, verdict.verdict, reason),
            evidence=verdict.evidence,
            article_id=article_id,
            revision=number,
            wording_digest=prepared.wording_digest,
        )
        self.rows.settlements.setdefault(page.crawl_id, []).append(settlement)
        self._put(replace(existing, checked_at=checked_at), _state_of(verdict, existing, link), [link.url_key])
        self._links[link.id] = replace(
            link,
            article_id=article_id,
            wording_digest=prepared.wording_digest,
            revision=number,
            last_fetched_at=page.fetched_at,
        )

    def _put(self, existing: ExistingArticle, state: Flag | None, keys: Sequence[int] = ()) -> None:
        """Enter an article in its new state."""
        if existing.state is not state:
            self.rows.states[existing.article.id] = state
        self._existing.put(replace(existing, state=state), keys=keys)

    def _settle_unread(self, page: FetchedPage, link: ExistingLink) -> Outcome:
        if page.disposition not in (Disposition.SKIPPED, Disposition.FAILED, Disposition.UNCHANGED):
            raise ValueError(f"a page without text cannot be {page.disposition}")
        existing = self._existing.get(link.article_id)
        if _is_older(page, link):
            story_id = existing.story_id if existing else None
            return Outcome(page.link_id, link.url, page.disposition, page.reason, link.article_id, story_id)
        self.rows.settlements.setdefault(page.crawl_id, []).append(settlement_of(page, page.disposition, page.reason))
        if existing and page.disposition is Disposition.UNCHANGED:
            self.rows.checked[existing.article.id] = page.fetched_at
        if existing and (page.reason or "").startswith("gone_") and existing.article.url_key == link.url_key:
            self._put(existing, Flag.WITHDRAWN)
        story_id = existing.story_id if existing else None
        return Outcome(page.link_id, link.url, page.disposition, page.reason, link.article_id, story_id, link.revision)


def _state_of(verdict: Sameness, existing: ExistingArticle, link: ExistingLink) -> Flag | None:
    """Return the state of the article's own address; other addresses do not change it."""
    if verdict.evidence.get("rule") not in _PARTS:
        return None
    return Flag.PAYWALLED_LATER if link.url_key == existing.article.url_key else existing.state


def _is_older(page: FetchedPage, link: ExistingLink) -> bool:
    """Return whether an import is older than the last check of an address that has an article."""
    if page.crawl_id is not None or link.last_fetched_at is None or page.fetched_at >= link.last_fetched_at:
        return False
    return page.article is None or link.article_id is not None
