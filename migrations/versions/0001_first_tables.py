"""The first tables and the public views.

Why: the first schema; archive/models.py has each table's promise beside it.
Locks: nothing in use.
The running daemon: there is none before this.

The views are a frozen copy of archive/views.py of that time. A step that read today's file would break as soon as a later
step adds a column; and creating views again at every upgrade would take away the rights that were granted on them.
A test compares the outcome of all steps with archive/models.py and archive/views.py.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

V_ARTICLES = """
create view v_articles as
select 'a' || to_hex(a.id) as id, o.name as outlet, a.url, a.canonical_url,
       r.headline, r.lead, t.body, r.language, r.authors, r.date_published, r.date_modified,
       a.first_captured_at, 's' || to_hex(a.story_id) as story_id, a.flags,
       r.number as revisions, t.words
from articles a
join outlets o on o.id = a.outlet_id
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
"""

V_REVISIONS = """
create view v_revisions as
select 'a' || to_hex(r.article_id) as article_id, a.url, r.number, r.headline, r.lead, t.body, r.authors,
       r.date_published, r.date_modified, r.captured_at, r.valid_from, r.valid_to, r.changes
from revisions r
join articles a on a.id = r.article_id
join texts t on t.digest = r.text_digest
"""

V_STORIES = """
create view v_stories as
select 's' || to_hex(s.id) as id, count(*) as articles, count(distinct a.outlet_id) as outlets,
       min(a.first_captured_at) as first_captured_at,
       (array_agg(r.headline order by a.first_captured_at, a.id))[1] as headline,
       array_agg('a' || to_hex(a.id) order by a.first_captured_at, a.id) as article_ids
from stories s
join articles a on a.story_id = s.id
join revisions r on r.id = a.revision_id
group by s.id
"""

V_COVERAGE = """
create view v_coverage as
select o.name as outlet, c.looked, c.started_at, c.ended_at, c.links, c.new, c.reason, c.crawl_id as crawl
from coverage c
join outlets o on o.id = c.outlet_id
"""

V_LINKS = """
create view v_links as
select l.url, l.canonical_url, o.name as outlet, 'article' as kind, l.disposition, l.reason,
       l.first_seen_at, l.last_seen_at, 'a' || to_hex(l.article_id) as article_id
from links l
join outlets o on o.id = l.outlet_id
union all
select c.url, c.url, o.name, c.kind, c.disposition, c.reason, c.first_seen_at, coalesce(c.last_seen_at, c.first_seen_at), null
from channels c
join outlets o on o.id = c.outlet_id
"""

VIEWS = (
    V_ARTICLES,
    V_REVISIONS,
    V_STORIES,
    V_COVERAGE,
    V_LINKS,
)
TABLES = (
    "outlets",
    "stories",
    "texts",
    "articles",
    "channels",
    "crawls",
    "captures",
    "coverage",
    "links",
    "story_members",
    "guest_links",
    "link_events",
    "readings",
    "blocks",
    "revisions",
)


def upgrade() -> None:
    op.create_table(
        "outlets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("settings", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("found", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets")),
        sa.UniqueConstraint("name", name=op.f("uq_outlets_name")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merged_into", sa.BigInteger()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name=op.f("fk_stories_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_table(
        "texts",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("letters", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_texts")),
    )
    op.create_index(op.f("ix_texts_letters"), "texts", ["letters"])
    op.create_table(
        "articles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger()),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("first_captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_config", sa.Text(), server_default=sa.text("'simple'"), nullable=False),
        sa.Column("search", TSVECTOR()),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_articles_outlet_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_articles_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("url_key", name=op.f("uq_articles_url_key")),
    )
    op.create_index(op.f("ix_articles_outlet_id_first_captured_at"), "articles", ["outlet_id", "first_captured_at"])
    op.create_index("ix_articles_search", "articles", ["search"], postgresql_using="gin")
    op.create_index(op.f("ix_articles_story_id"), "articles", ["story_id"])
    op.create_table(
        "channels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_digest", sa.LargeBinary()),
        sa.Column("links_last", sa.Integer()),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True)),
        sa.Column("last_read_at", sa.DateTime(timezone=True)),
        sa.Column("next_due_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind in ('feed', 'sitemap', 'listing', 'robots')", name=op.f("ck_channels_kind")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_channels_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("outlet_id", "url_key", name=op.f("uq_channels_outlet_id_url_key")),
    )
    op.create_table(
        "crawls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("links", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reasons", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("pages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("balanced", sa.Boolean()),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("state in ('running', 'finished', 'interrupted', 'failed')", name=op.f("ck_crawls_state")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_crawls_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawls")),
    )
    op.create_index(op.f("ix_crawls_outlet_id_started_at"), "crawls", ["outlet_id", "started_at"])
    op.create_table(
        "captures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger()),
        sa.Column("crawl_id", sa.BigInteger()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("content_type", sa.Text()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("record_length", sa.BigInteger(), nullable=False),
        sa.Column("revisit_of", sa.BigInteger()),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_captures_crawl_id")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_captures_outlet_id")),
        sa.ForeignKeyConstraint(["revisit_of"], ["captures.id"], name=op.f("fk_captures_revisit_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_url_key_captured_at"), "captures", ["url_key", "captured_at"])
    op.create_table(
        "coverage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("crawl_id", sa.BigInteger()),
        sa.Column("looked", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("links", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("new", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("looked or reason is not null", name=op.f("ck_coverage_reason_given")),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_coverage_crawl_id")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_coverage_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_outlet_id_started_at"), "coverage", ["outlet_id", "started_at"])
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("crawl_id", sa.BigInteger()),
        sa.Column("article_id", sa.BigInteger()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("announced_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_digest", sa.LargeBinary()),
        sa.Column("said_digest", sa.LargeBinary()),
        sa.Column("revision", sa.Integer()),
        sa.Column("seen", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "disposition in ('new', 'copy', 'revised', 'unchanged', 'moved', 'skipped', 'failed')",
            name=op.f("ck_links_disposition"),
        ),
        sa.CheckConstraint(
            "disposition not in ('skipped', 'failed') or reason is not null", name=op.f("ck_links_reason_given")
        ),
        sa.CheckConstraint("state = 'waiting' or disposition is not null", name=op.f("ck_links_done_has_disposition")),
        sa.CheckConstraint("state in ('waiting', 'done')", name=op.f("ck_links_state")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_links_article_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_links_channel_id")),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_links_crawl_id")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_links_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("url_key", name=op.f("uq_links_url_key")),
    )
    op.create_index(op.f("ix_links_article_id"), "links", ["article_id"])
    op.create_index(op.f("ix_links_crawl_id"), "links", ["crawl_id"])
    op.create_index("ix_links_due", "links", ["outlet_id", "due_at"], postgresql_where=sa.text("due_at is not null"))
    op.create_index("ix_links_waiting", "links", ["outlet_id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "story_members",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("matched_article_id", sa.BigInteger()),
        sa.Column("evidence", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("relation in ('first', 'copy')", name=op.f("ck_story_members_relation")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_story_members_article_id")),
        sa.ForeignKeyConstraint(
            ["matched_article_id"], ["articles.id"], name=op.f("fk_story_members_matched_article_id")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_members_story_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_members")),
    )
    op.create_index(op.f("ix_story_members_story_id"), "story_members", ["story_id"])
    op.create_table(
        "guest_links",
        sa.Column("crawl_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_guest_links_crawl_id")),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_guest_links_link_id")),
        sa.PrimaryKeyConstraint("crawl_id", "link_id", name=op.f("pk_guest_links")),
    )
    op.create_index(op.f("ix_guest_links_link_id"), "guest_links", ["link_id"])
    op.create_table(
        "link_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("crawl_id", sa.BigInteger()),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("evidence", JSONB()),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_link_events_crawl_id")),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_link_events_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_events")),
    )
    op.create_index(op.f("ix_link_events_crawl_id"), "link_events", ["crawl_id"])
    op.create_index(op.f("ix_link_events_link_id"), "link_events", ["link_id"])
    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("capture_id", sa.BigInteger()),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("words_removed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_readings_capture_id")),
        sa.ForeignKeyConstraint(["text_digest"], ["texts.digest"], name=op.f("fk_readings_text_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_capture_id"), "readings", ["capture_id"])
    op.create_table(
        "blocks",
        sa.Column("reading_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_blocks_reading_id")),
        sa.PrimaryKeyConstraint("reading_id", "position", name=op.f("pk_blocks")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.BigInteger(), nullable=False),
        sa.Column("crawl_id", sa.BigInteger()),
        sa.Column("headline", sa.Text()),
        sa.Column("lead", sa.Text()),
        sa.Column("text_digest", sa.LargeBinary(), nullable=False),
        sa.Column("said_digest", sa.LargeBinary(), nullable=False),
        sa.Column("authors", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("date_published", sa.DateTime(timezone=True)),
        sa.Column("date_modified", sa.DateTime(timezone=True)),
        sa.Column("changes", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id")),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_revisions_crawl_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_revisions_reading_id")),
        sa.ForeignKeyConstraint(["text_digest"], ["texts.digest"], name=op.f("fk_revisions_text_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_revisions_article_id_number")),
    )
    op.create_index(op.f("ix_revisions_crawl_id"), "revisions", ["crawl_id"])
    op.create_index(op.f("ix_revisions_date_published"), "revisions", ["date_published"])
    op.create_index(op.f("ix_revisions_text_digest"), "revisions", ["text_digest"])
    for view in VIEWS:
        op.execute(view)


def downgrade() -> None:
    for name in ("v_links", "v_coverage", "v_stories", "v_revisions", "v_articles"):
        op.execute(f"drop view {name}")
    for name in reversed(TABLES):
        op.drop_table(name)
