"""Takes the pages of a batch one by one: judges each, and collects its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from archive.frontier import Settlement
from archive.searching import search_config
from archive.storing.cleaning import clean_article
from archive.storing.known import Kept, Known, KnownLink
from archive.storing.pages import Outcome, PageToStore, Reread
from archive.storing.rows import Rows, take_ids
from news.article import Article, Flag
from news.dispositions import Disposition
from news.fingerprints import body_digest, letters_digest, text_digest, words_of
from news.revisions import Wording, changes
from news.sameness import LEAST_WORDS, Address, KnownArticle, Page, Sameness, judge
from news.urls import believed_canonical, canonicalise, url_key

_WALLS = frozenset({Flag.PAYWALLED, Flag.PARTIAL})


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with its text, cleaned, and what it is compared by."""

    page: PageToStore
    article: Article
    addresses: tuple[str, ...]  # that may stand for it, the believed canonical one first
    seen: Page
    letters: bytes

    @property
    def keys(self) -> set[int]:
        """The addresses under which its article may be known."""
        return {url_key(address) for address in self.addresses}

    @property
    def comparable(self) -> bool:
        """Whether its text may be looked for at other addresses."""
        return self.seen.words >= LEAST_WORDS and not self.seen.walled


def prepare(page: PageToStore, link: KnownLink) -> ReadPage | None:
    """The page ready for comparison; None when there is no text to compare."""
    if page.article is None:
        return None
    article = clean_article(page.article)
    canonical, own = _addresses(article, link)
    seen = Page(
        outlet_id=link.outlet_id,
        own_key=url_key(own),
        canonical_key=url_key(canonical),
        said=text_digest(article),
        headline=article.headline,
        body=article.body,
        words=len(words_of(article.body)),
        walled=bool(_WALLS & article.flags),
    )
    return ReadPage(page, article, (canonical, own, link.canonical_url), seen, letters_digest(article.body))


def _addresses(article: Article, link: KnownLink) -> tuple[str, str]:
    try:
        return believed_canonical(article.url, article.canonical_url), canonicalise(article.url)
    except ValueError:
        return link.canonical_url, link.canonical_url


class Batch:
    """Decides pages in order, each with the ones before it in mind."""

    def __init__(self, conn: Connection, known: Known, links: dict[int, KnownLink], reread: Reread | None) -> None:
        self.rows = Rows()
        self._conn = conn
        self._known = known
        self._links = links
        self._reread = reread

    def add(self, page: PageToStore, read: ReadPage | None) -> Outcome:
        """Judge one page and collect its rows."""
        link = self._links[page.link_id]
        capture_id = self._capture(page, link)
        if read is None:
            return self._settle_unread(page, link)
        verdict = self._judge(read)
        if verdict.verdict is Disposition.REVISED and self._only_read_better(read, verdict):
            verdict = Sameness(Disposition.UNCHANGED, verdict.article_id, (verdict.revision or 2) - 1, _BETTER_READING)
            self._reading(read, capture_id)
        return self._store(read, verdict, capture_id)

    def _judge(self, read: ReadPage) -> Sameness:
        link = self._links[read.page.link_id]
        shown = self._known.get(link.article_id) or self._known.at(read.seen.own_key)
        address = Address(shown.known if shown else None, link.said_digest, link.revision)
        canonical = self._known.at(read.seen.canonical_key)
        twins = self._known.twins(read.letters) if read.comparable else []
        return judge(read.seen, address, canonical.known if canonical else None, twins)

    def _only_read_better(self, read: ReadPage, verdict: Sameness) -> bool:
        """Whether the page says what it said, and only our rules have changed since."""
        kept = self._known.get(verdict.article_id)
        if not (kept and kept.capture and self._reread) or kept.rules == read.article.rules:
            return False
        before = self._reread(*kept.capture)
        return before is not None and text_digest(clean_article(before)) == read.seen.said

    def _store(self, read: ReadPage, verdict: Sameness, capture_id: int | None) -> Outcome:
        if verdict.verdict in (Disposition.NEW, Disposition.COPY):
            return self._settle(read, verdict, self._new_article(read, verdict, capture_id), 1, ())
        if verdict.verdict is Disposition.REVISED:
            return self._settle(read, verdict, *self._new_revision(read, verdict, capture_id))
        return self._settle(read, verdict, self._known.articles[verdict.article_id or 0], verdict.revision, ())

    def _new_article(self, read: ReadPage, verdict: Sameness, capture_id: int | None) -> Kept:
        article_id, revision_id = take_ids(self._conn, "articles", "revisions")
        twin = self._known.get(verdict.article_id)
        story_id = twin.story_id if twin else self._new_story()
        url = self._free_address(read)
        link = self._links[read.page.link_id]
        self.rows.articles.append(
            _latest_row(read, article_id, revision_id)
            | {
                "outlet_id": link.outlet_id,
                "url": link.url,
                "canonical_url": url,
                "url_key": url_key(url),
                "story_id": story_id,
                "captured_at": read.page.fetched_at,
            }
        )
        self.rows.members.append(_member_row(article_id, story_id, twin, verdict))
        self._revision(read, article_id, revision_id, 1, capture_id, ())
        known = _known_article(read, article_id, url_key(url), {1: read.seen.said})
        return self._remember(read, known, story_id, revision_id, capture_id)

    def _free_address(self, read: ReadPage) -> str:
        """The address to stand for a new article: another than one at which the archive has an article already."""
        free = (one for one in read.addresses if self._known.at(url_key(one)) is None)
        return next(free, read.addresses[-1])

    def _new_revision(
        self, read: ReadPage, verdict: Sameness, capture_id: int | None
    ) -> tuple[Kept, int, tuple[str, ...]]:
        kept = self._known.articles[verdict.article_id or 0]
        (revision_id,) = take_ids(self._conn, "revisions")
        number = kept.known.latest + 1
        old = Wording.from_body(kept.known.headline, kept.lead, kept.known.body)
        kinds = changes(old, Wording.of(read.article))
        since = max(kept.valid_from, read.page.fetched_at)  # imports may come out of order
        self.rows.end_revision(kept.revision_id, since)
        self._revision(read, kept.known.id, revision_id, number, capture_id, kinds)
        self.rows.revisions[revision_id]["valid_from"] = since
        self._latest(read, kept.known.id, revision_id)
        said = {**kept.known.said, number: read.seen.said}
        known = replace(_known_article(read, kept.known.id, kept.known.url_key, said), outlet_id=kept.known.outlet_id)
        return self._remember(read, known, kept.story_id, revision_id, capture_id), number, kinds

    def _latest(self, read: ReadPage, article_id: int, revision_id: int) -> None:
        row = _latest_row(read, article_id, revision_id)
        inserted = next((one for one in self.rows.articles if one["id"] == article_id), None)
        if inserted:
            inserted.update(row)
        else:
            self.rows.latest[article_id] = row

    def _remember(
        self, read: ReadPage, known: KnownArticle, story_id: int, revision_id: int, capture_id: int | None
    ) -> Kept:
        record = read.page.record
        place = (record.file, record.offset, record.length) if record and capture_id else None
        since = self.rows.revisions[revision_id]["valid_from"]
        kept = Kept(known, story_id, read.article.lead, revision_id, since, read.article.rules, place)
        self._known.put(kept, letters=[read.letters])
        return kept

    def _new_story(self) -> int:
        (story_id,) = take_ids(self._conn, "stories")
        self.rows.stories.append({"id": story_id})
        return story_id

    def _capture(self, page: PageToStore, link: KnownLink) -> int | None:
        if page.record is None:
            return None
        (capture_id,) = take_ids(self._conn, "captures")
        self.rows.captures.append(capture_row(page.record, link.url_key, link.outlet_id, page.crawl_id, capture_id))
        return capture_id

    def _reading(self, read: ReadPage, capture_id: int | None) -> int:
        (reading_id,) = take_ids(self._conn, "readings")
        article, body = read.article, read.article.body
        digest = body_digest(body)
        self.rows.texts[digest] = {"digest": digest, "letters": read.letters, "body": body, "words": read.seen.words}
        removed = article.removed
        self.rows.readings.append(
            {
                "id": reading_id,
                "capture_id": capture_id,
                "rules": article.rules,
                "text_digest": digest,
                "fields": _fields(article),
                "words_removed": sum(len(block.text.split()) for block in removed),
            }
        )
        self.rows.blocks += [
            {
                "reading_id": reading_id,
                "position": position,
                "label": block.label,
                "rule": block.rule,
                "score": round(100 * min(max(block.score, 0), 1)),
                "text": block.text,
            }
            for position, block in enumerate(removed)
        ]
        return reading_id

    def _revision(
        self, read: ReadPage, article_id: int, revision_id: int, number: int, capture_id: int | None,
        kinds: Sequence[str],
    ) -> None:  # fmt: skip
        article = read.article
        self.rows.revisions[revision_id] = {
            "id": revision_id,
            "article_id": article_id,
            "number": number,
            "reading_id": self._reading(read, capture_id),
            "crawl_id": read.page.crawl_id,
            "headline": article.headline,
            "lead": article.lead,
            "text_digest": body_digest(article.body),
            "said_digest": read.seen.said,
            "authors": list(article.authors),
            "language": article.language,
            "date_published": article.date_published,
            "date_modified": article.date_modified,
            "changes": list(kinds),
            "captured_at": read.page.fetched_at,
            "valid_from": read.page.fetched_at,
            "valid_to": None,
        }

    def _settle(
        self, read: ReadPage, verdict: Sameness, kept: Kept, number: int | None, kinds: tuple[str, ...]
    ) -> Outcome:
        article_id, page, link = kept.known.id, read.page, self._links[read.page.link_id]
        rule = verdict.evidence.get("rule")
        reason = str(rule) if rule == "paywalled_later" else None
        self.rows.checked[article_id] = max(page.fetched_at, self.rows.checked.get(article_id, page.fetched_at))
        settlement = replace(
            _settlement(page, verdict.verdict, reason),
            evidence=verdict.evidence,
            article_id=article_id,
            revision=number,
            said_digest=read.seen.said,
        )
        self.rows.settlements.setdefault(page.crawl_id, []).append(settlement)
        self._known.put(kept, keys=[link.url_key])
        self._links[link.id] = replace(link, article_id=article_id, said_digest=read.seen.said, revision=number)
        removed = len(read.article.removed)
        return Outcome(
            page.link_id, link.url, verdict.verdict, reason, article_id, kept.story_id, number, kinds, removed,
            verdict.evidence,
        )  # fmt: skip

    def _settle_unread(self, page: PageToStore, link: KnownLink) -> Outcome:
        if page.disposition not in (Disposition.SKIPPED, Disposition.FAILED, Disposition.UNCHANGED):
            raise ValueError(f"a page without text cannot be {page.disposition}")
        self.rows.settlements.setdefault(page.crawl_id, []).append(_settlement(page, page.disposition, page.reason))
        kept = self._known.get(link.article_id)
        if kept and page.disposition is Disposition.UNCHANGED:
            self.rows.checked[kept.known.id] = page.fetched_at
        story_id = kept.story_id if kept else None
        return Outcome(page.link_id, link.url, page.disposition, page.reason, link.article_id, story_id, link.revision)


_BETTER_READING = {"rule": "better_reading"}


def capture_row(
    record: Any, url_key: int, outlet_id: int | None, crawl_id: int | None, capture_id: int
) -> dict[str, Any]:
    """The row of a record that is on disk."""
    return {
        "id": capture_id,
        "outlet_id": outlet_id,
        "crawl_id": crawl_id,
        "url": record.url,
        "url_key": url_key,
        "status": record.status,
        "content_type": record.content_type,
        "size": record.size,
        "digest": record.digest,
        "file": record.file,
        "record_offset": record.offset,
        "record_length": record.length,
        "revisit_of": record.revisit_of,
        "captured_at": record.captured_at,
    }


def _settlement(page: PageToStore, disposition: Disposition, reason: str | None) -> Settlement:
    return Settlement(
        link_id=page.link_id,
        disposition=disposition,
        reason=reason,
        fetched_at=None if disposition is Disposition.FAILED else page.fetched_at,
        etag=page.etag,
        last_modified=page.last_modified,
        body_digest=page.record.digest if page.record and disposition is not Disposition.FAILED else None,
        due_at=page.due_at,
    )


def _latest_row(read: ReadPage, article_id: int, revision_id: int) -> dict[str, Any]:
    article = read.article
    return {
        "id": article_id,
        "revision_id": revision_id,
        "flags": sorted(article.flags),
        "search_config": search_config(article.language),
        "headline": article.headline,
        "lead": article.lead,
        "body": article.body,
    }


def _member_row(article_id: int, story_id: int, twin: Kept | None, verdict: Sameness) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "story_id": story_id,
        "relation": "copy" if twin else "first",
        "matched_article_id": twin.known.id if twin else None,
        "evidence": dict(verdict.evidence),
    }


def _known_article(read: ReadPage, article_id: int, key: int, said: dict[int, bytes]) -> KnownArticle:
    seen = read.seen
    return KnownArticle(article_id, seen.outlet_id, key, said, seen.headline, seen.body, seen.words, seen.walled)


def _fields(article: Article) -> dict[str, Any]:
    image = article.image
    return {
        "section": article.section,
        "tags": list(article.tags),
        "image": {"url": image.url, "caption": image.caption, "credit": image.credit} if image else None,
        "canonical_url": article.canonical_url,
        "flags": sorted(article.flags),
        "evidence": [[one.field, one.source, one.value] for one in article.evidence],
    }
