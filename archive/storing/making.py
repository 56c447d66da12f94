"""Makes the rows of one page."""

from collections.abc import Sequence
from typing import Any

from archive.captures import StoredRecord
from archive.frontier import Settlement
from archive.search import search_config
from archive.storing.known import Kept
from archive.storing.pages import PageToStore
from archive.storing.preparing import ReadPage
from news.article import Article
from news.dispositions import Disposition
from news.sameness import KnownArticle, Sameness

Row = dict[str, Any]


def text_row(read: ReadPage) -> Row:
    """The text, stored once however many pages show it."""
    body = read.seen.body
    return {"digest": read.digest, "letters": read.letters, "body": body, "words": read.seen.words}


def reading_row(read: ReadPage, reading_id: int, capture_id: int | None) -> Row:
    """What our rules made of the capture."""
    article = read.article
    return {
        "id": reading_id,
        "capture_id": capture_id,
        "rules": article.rules,
        "text_digest": read.digest,
        "fields": _fields(article),
        "words_removed": sum(len(block.text.split()) for block in article.removed),
    }


def block_rows(read: ReadPage, reading_id: int) -> list[Row]:
    """What was set aside, in page order."""
    return [
        {
            "reading_id": reading_id,
            "position": position,
            "label": block.label,
            "rule": block.rule,
            "score": round(100 * min(max(block.score, 0), 1)),
            "text": block.text,
        }
        for position, block in enumerate(read.article.removed)
    ]


def revision_values(read: ReadPage, kinds: Sequence[str]) -> Row:
    """What the outlet said."""
    article = read.article
    return {
        "crawl_id": read.page.crawl_id,
        "headline": article.headline,
        "lead": article.lead,
        "text_digest": read.digest,
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


def capture_row(
    record: StoredRecord, url_key: int, outlet_id: int | None, crawl_id: int | None, capture_id: int
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


def settlement_of(page: PageToStore, disposition: Disposition, reason: str | None) -> Settlement:
    """How the link ended."""
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


def latest_row(read: ReadPage, article_id: int, revision_id: int) -> dict[str, Any]:
    """What an article's row holds of its latest revision."""
    article = read.article
    return {
        "id": article_id,
        "revision_id": revision_id,
        "flags": sorted(article.flags),
        "search_config": search_config(article.language),
        "headline": article.headline,
        "lead": article.lead,
        "body": read.seen.body,
        "text_digest": read.digest,
    }


def member_row(article_id: int, story_id: int, twin: Kept | None, verdict: Sameness) -> dict[str, Any]:
    """Why the article belongs to its story."""
    return {
        "article_id": article_id,
        "story_id": story_id,
        "relation": "copy" if twin else "first",
        "matched_article_id": twin.known.id if twin else None,
        "evidence": dict(verdict.evidence),
    }


def known_article(read: ReadPage, article_id: int, key: int, said: dict[int, bytes]) -> KnownArticle:
    """The article as later pages of the batch are compared with it."""
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
