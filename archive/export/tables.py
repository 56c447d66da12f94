"""The tables of an export: their columns, what each means (the codebook), and the SQL that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive.article_fields import COLUMNS

Type = Literal["text", "integer", "time", "list", "objects"]  # a list is one of texts


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type, meaning, and the SQL of its value. Some are only there when they are asked for."""

    name: str
    type: Type
    meaning: str
    sql: str
    on_request: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export. `key` is an increasing number by which its rows are sorted and an export goes on."""

    name: str
    columns: tuple[Column, ...]
    key: str
    source: str
    count: str
    group: str = ""

    def sql(self, columns: Sequence[Column]) -> str:
        """Return the query for the rows behind the key `:after`."""
        values = ", ".join(f"{column.sql} as {column.name}" for column in columns)
        where = f"where {self.key} > :after {self.group} order by {self.key}"
        return f"select {self.key} as export_key, {values} from {self.source} {where}"  # noqa: S608 - our constants


_REMOVED = """(
    select coalesce(jsonb_agg(jsonb_build_object(
        'text', b.text, 'label', b.label, 'rule', b.rule, 'score', b.score * 0.01
    ) order by b.position), '[]')
    from blocks b where b.reading_id = d.id
)"""


def _page_columns() -> tuple[Column, ...]:
    """Return what both an article and a revision have."""
    return (
        Column("outlet", "text", "The outlet's name.", "o.name"),
        Column("url", "text", "The address at which it was found first.", "a.url"),
        Column("canonical_url", "text", "The one address that represents all its addresses.", "a.canonical_url"),
        Column("headline", "text", "As the page shows it; empty where it has none.", "r.headline"),
        Column("lead", "text", "As the page shows it; empty where it has none.", "r.lead"),
        Column("body", "text", "The article's own text, paragraphs separated by a blank line.", "t.body"),
        Column("language", "text", "Such as de-AT; empty where it is unknown.", "r.language"),
        Column("authors", "list", "As the page names them.", "r.authors"),
        Column("date_published", "time", "What the page says, never a guess; else empty.", "r.date_published"),
        Column("date_modified", "time", "What the page says, never a guess; else empty.", "r.date_modified"),
        Column("words", "integer", "Words in body.", "t.words"),
        *(Column(found.name, "list" if found.is_list else "text", found.meaning, found.value_sql) for found in COLUMNS),
        Column("captured_at", "time", "When the page with this text was fetched.", "r.captured_at"),
        Column("rules", "text", "The version of the rules that read it; import: it came as text.", "d.rules"),
        Column(
            "removed", "objects", "What is no part of the text: text, label, rule, score.", _REMOVED, on_request=True
        ),
    )


_STORY = Column("story_id", "text", "The story it belongs to: all articles with one text.", "'s' || to_hex(s.story_id)")
_FIRST = Column("first_captured_at", "time", "When it was fetched first.", "s.first_captured_at")
_FLAGS = "paywalled, partial, live_blog or agency"
_PAGE = """
join articles a on a.id = s.article_id
join outlets o on o.id = a.outlet_id
join texts t on t.digest = r.text_digest
join readings d on d.id = r.reading_id
"""

ARTICLES = Table(
    "articles",
    (
        Column("id", "text", "The article, such as a1f3c.", "'a' || to_hex(s.article_id)"),
        *_page_columns(),
        _FIRST,
        _STORY,
        Column("flags", "list", f"{_FLAGS}; withdrawn or paywalled_later: what became of its address.", "s.flags"),
        Column("revisions", "integer", "The number of revisions: 1 for one that never changed.", "r.number"),
    ),
    "s.article_id",
    f"selected s join revisions r on r.id = s.revision_id {_PAGE}",
    "select count(*) from selected",
)

REVISIONS = Table(
    "revisions",
    (
        Column("article_id", "text", "The article, such as a1f3c.", "'a' || to_hex(s.article_id)"),
        Column("number", "integer", "1 is the first captured revision.", "r.number"),
        *_page_columns(),
        Column(
            "valid_from",
            "time",
            "Since when this text was online, as far as crawls show.",
            "case when r.number = 1 then s.first_captured_at else r.valid_from end",
        ),
        Column(
            "valid_to",
            "time",
            "Until when; empty for the latest.",
            "case when r.id = s.revision_id then null else r.valid_to end",
        ),
        Column("changes", "list", "The changes since the revision before, weightiest first.", "r.changes"),
        _STORY,
        Column(
            "flags",
            "list",
            f"{_FLAGS}: as the page was then.",
            "array(select jsonb_array_elements_text(coalesce(d.fields -> 'flags', '[]')))",
        ),
    ),
    "r.id",
    f"selected s join revisions r on r.article_id = s.article_id and r.number <= s.number {_PAGE}",
    "select coalesce(sum(number), 0) from selected",
)

STORIES = Table(
    "stories",
    (
        Column("id", "text", "The story, such as s4d.", "'s' || to_hex(s.story_id)"),
        Column("articles", "integer", "The number of its articles in this export.", "count(*)"),
        Column("outlets", "integer", "The number of their outlets.", "count(distinct a.outlet_id)"),
        Column("first_captured_at", "time", "When the earliest was fetched.", "min(s.first_captured_at)"),
        Column(
            "headline",
            "text",
            "The headline of the earliest.",
            "(array_agg(r.headline order by s.first_captured_at, s.article_id))[1]",
        ),
        Column(
            "article_ids",
            "list",
            "The articles, the earliest first.",
            "array_agg('a' || to_hex(s.article_id) order by s.first_captured_at, s.article_id)",
        ),
    ),
    "s.story_id",
    "selected s join articles a on a.id = s.article_id join revisions r on r.id = s.revision_id",
    "select count(distinct story_id) from selected",
    "group by s.story_id",
)

TABLES = {table.name: table for table in (ARTICLES, REVISIONS, STORIES)}
