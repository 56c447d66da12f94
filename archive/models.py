"""The tables, as SQLAlchemy Core, each with its promise; docs/schema.md documents the public views.

Times are timestamptz, sizes bytes, digests sha256. Keys are bigint identities: cheap at a million rows and short on
screen.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB, TSVECTOR

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def _time(name: str, *, required: bool = False, now: bool = False) -> Column[object]:
    default = func.now() if now else None
    return Column(name, DateTime(timezone=True), nullable=not (required or now), server_default=default)


def _ref(name: str, table: str, *, required: bool = False) -> Column[int]:
    return Column(name, BigInteger, ForeignKey(f"{table}.id"), nullable=not required)


# The outlets. `settings` is the entry in outlets.toml, `found` what discovery learnt (language, zone, title, delay).
outlets = Table(
    "outlets",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'")),
    Column("found", JSONB, nullable=False, server_default=text("'{}'")),
    _time("found_at"),
    _time("created_at", now=True),
)

# An outlet's feeds, sitemaps, listings and robots.txt, each with the values for a conditional request. `disposition` is
# the result of the last look (read, unchanged, skipped, failed), `reason` its reason.
channels = Table(
    "channels",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("url_key", BigInteger, nullable=False),
    Column("title", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_digest", LargeBinary),
    Column("links_last", Integer),  # links at the last full reading; 0 means "looked and found nothing"
    Column("failures", Integer, nullable=False, server_default=text("0")),  # in a row
    Column("disposition", Text),
    Column("reason", Text),
    _time("first_seen_at", now=True),
    _time("last_seen_at"),
    _time("last_read_at"),  # last answer with a body
    _time("next_due_at"),
    UniqueConstraint("outlet_id", "url_key"),
    CheckConstraint("kind ~ '^[a-z_]+$'", name="kind"),  # the kinds are those in crawler/channels/kinds
)

# The long-lived processes: schedulers (of which one leads) and workers. A process that is silent for longer than
# `news.settings` allows is taken for dead, and its outlets are released.
processes = Table(
    "processes",
    metadata,
    _id(),
    Column("role", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("crawls", Integer, nullable=False, server_default=text("0")),  # started by it
    Column("memory_bytes", BigInteger),
    _time("started_at", now=True),
    _time("heartbeat_at", now=True),
    _time("stopped_at"),  # by itself, or when it was found dead
    Column("note", Text),  # how it stopped
    CheckConstraint("role in ('scheduler', 'worker')", name="role"),
)

# The timetable: one row per outlet. `failures` counts crawls in a row that could read nothing and lengthens the pause.
# `deaths` counts workers in a row that died while crawling the outlet, `machine_deaths` those that died together with
# their machine or container.
turns = Table(
    "turns",
    metadata,
    Column("outlet_id", BigInteger, ForeignKey("outlets.id"), primary_key=True),
    _time("due_at", required=True),
    _time("queued_for"),  # the due time of the job in the queue; null without a job
    _time("started_at"),  # of the last crawl on schedule
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("deaths", Integer, nullable=False, server_default=text("0")),
    Column("machine_deaths", Integer, nullable=False, server_default=text("0")),
    _time("set_aside_at"),
    Column("set_aside_reason", Text),
    Column("rhythm", JSONB),  # what `every = "auto"` learnt
    Index(None, "due_at"),
)

# Broken rules of health, from when to when. One message goes out when an alert opens and one when it ends.
alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),  # an outlet's name, or "machine"
    _ref("outlet_id", "outlets"),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
    _time("opened_at", now=True),
    _time("ended_at"),
    _time("opening_notified_at"),
    _time("ending_notified_at"),
    Index("ix_alerts_open", "rule", "subject", unique=True, postgresql_where=text("ended_at is null")),
    Index(None, "opened_at"),
)

# One message about the opening or end of an alert over one channel (`webhook`, `mail`, the scheme of an Apprise URL).
# The row is written when sending is tried first; `notified_at` is null until it succeeds.
alert_messages = Table(
    "alert_messages",
    metadata,
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), primary_key=True),
    Column("change", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("problem", Text),  # why the last try failed
    _time("tried_at"),
    _time("notified_at"),
    CheckConstraint("change in ('opened', 'ended')", name="change"),
)

# What an outlet published on one day (in its time zone) and how well it could be read; the health rules learn from it.
# Articles count on the day they were first seen; old articles that were found late do not count. The row is rewritten
# until the day is over.
outlet_days = Table(
    "outlet_days",
    metadata,
    Column("outlet_id", BigInteger, ForeignKey("outlets.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("words_median", Float),
    Column("removed_share", Float),  # median of words removed / all words, 0 to 1
    Column("headlines", Integer, nullable=False),  # articles with one; the same below
    Column("dates", Integer, nullable=False),
    Column("authors", Integer, nullable=False),
    Column("leads", Integer),  # null on days that were over before these four were counted
    Column("sections", Integer),
    Column("images", Integer),
    Column("languages", Integer),
    Column("paywalled", Integer, nullable=False),
    Column("ending", Text),  # a key for the most common last paragraph
    Column("endings", Integer, nullable=False),  # texts that have it
    Column("hours", ARRAY(SmallInteger), nullable=False),  # articles by hour of the day
    _time("last_article_at"),
    Column("longest_silence_seconds", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("failed_looks", Integer, nullable=False),
    Column("watched", Float, nullable=False),  # share of the day, 0 to 1
    _time("compiled_at", required=True),
)

# One run over one outlet. `state` is running until the crawl is closed; a running crawl whose process is gone was
# interrupted.
crawls = Table(
    "crawls",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    Column("process_id", BigInteger),  # the worker, whose row is deleted a month after its end; null for a command
    Column("target", Text, nullable=False),
    _time("due_at"),  # when it was due; null for a crawl that a person started
    Column("state", Text, nullable=False, server_default=text("'running'")),
    _time("started_at", now=True),
    _time("finished_at"),
    Column("links", Integer, nullable=False, server_default=text("0")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("reasons", JSONB, nullable=False, server_default=text("'{}'")),
    Column("pages", Integer, nullable=False, server_default=text("0")),
    Column("bytes", BigInteger, nullable=False, server_default=text("0")),
    Column("balanced", Boolean),
    Column("note", Text),
    CheckConstraint("state in ('running', 'finished', 'interrupted', 'failed')", name="state"),
    Index(None, "outlet_id", "started_at"),
)

# One fetch, kept in a WARC file. The record is flushed to disk before its row is written (promise 2).
captures = Table(
    "captures",
    metadata,
    _id(),
    _ref("outlet_id", "outlets"),
    _ref("crawl_id", "crawls"),
    Column("url", Text, nullable=False),
    Column("url_key", BigInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("content_type", Text),
    Column("size", BigInteger, nullable=False),  # of the body as received
    Column("digest", LargeBinary, nullable=False),  # of the body as received
    Column("file", Text, nullable=False),  # its name; `capture_files` has its place
    Column("record_offset", BigInteger, nullable=False),
    Column("record_length", BigInteger, nullable=False),
    Column("record_digest", LargeBinary),  # of the record's bytes in the file, packed as they are
    _ref("revisit_of", "captures"),  # for an identical re-fetch, the capture with the body
    Column("location", Text),  # where a redirect leads; of equal ones in a row only the first has a row
    _time("captured_at", required=True),
    Column("stated_digest", LargeBinary),  # of the body in an imported file, mostly SHA-1: revisit records refer to it
    Index(None, "url_key", "captured_at"),
    Index(None, "file", "record_offset"),
    Index("ix_captures_stated_digest", "stated_digest", postgresql_where=text("stated_digest is not null")),
)

# The place of each capture file: spooled (in the folder `place` of the machine `host`, which wrote it), stored (at the
# URL `place` of an object store; it was read back and had this size and digest) or in place (imported where it lies;
# its name is the whole path, and it is not ours to move). A file without a row was written by an older version below
# NEWSKEEP_HOME/captures.
capture_files = Table(
    "capture_files",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("size", BigInteger),  # of the file, as `digest`
    Column("digest", LargeBinary),
    _time("noted_at", now=True),
    _time("stored_at"),
    _time("verified_at"),  # when all of it was last read and found whole
    CheckConstraint("state in ('spooled', 'stored', 'in_place')", name="state"),
    CheckConstraint(
        "state <> 'stored' or (size is not null and digest is not null and stored_at is not null)", name="stored_whole"
    ),
)

# Each text, stored once. `letters` is the digest of its letters and digits, which spacing and quotes do not change.
texts = Table(
    "texts",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("letters", LargeBinary, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("words", Integer, nullable=False),
)

# A story: all articles that carry one text. A merged story keeps its id as an alias.
stories = Table(
    "stories",
    metadata,
    _id(),
    _ref("merged_into", "stories"),
    _time("created_at", now=True),
)

# One outlet's publication at one canonical URL. `url` is the address it was first found at.
articles = Table(
    "articles",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("url_key", BigInteger, nullable=False, unique=True),
    _ref("story_id", "stories", required=True),
    Column("revision_id", BigInteger),  # the latest; no foreign key, since each would need the other first
    Column("flags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _time("first_captured_at", required=True),
    _time("last_checked_at", required=True),
    _time("dated_at", required=True),  # for sorting: the latest revision's date_published, else the first capture
    Column(
        "search_config", Text, nullable=False, server_default=text("'simple'")
    ),  # text search configuration of its language
    Column("search", TSVECTOR),  # of the latest revision
    Index(None, "outlet_id", "first_captured_at"),
    Index(None, "story_id"),
    Index(None, "search_config", "dated_at"),
    Index("ix_articles_search", "search", postgresql_using="gin"),
)

# What an article's row said until then: one row for each change, written by the trigger `keep_past`. So the archive as
# of a date can be read (promise 6). It goes with its article.
articles_past = Table(
    "articles_past",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("until", DateTime(timezone=True), primary_key=True),
    Column("story_id", BigInteger, nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    _time("first_captured_at", required=True),
)

# Why an article belongs to its story: the relation, the article it was matched with, and what was compared (promise 3).
story_members = Table(
    "story_members",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
    _ref("story_id", "stories", required=True),
    Column("relation", Text, nullable=False),
    _ref("matched_article_id", "articles"),
    Column("evidence", JSONB, nullable=False, server_default=text("'{}'")),
    _time("since", now=True),
    Index(None, "story_id"),
    CheckConstraint("relation in ('first', 'copy')", name="relation"),
)

# A person's decision that two articles are one story, or that they are not. It is permanent; sameness never overrules
# it.
story_decisions = Table(
    "story_decisions",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),  # the lower of the two
    Column("other_article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
    Column("together", Boolean, nullable=False),
    _time("decided_at", now=True),
    Index(None, "other_article_id"),
    CheckConstraint("article_id < other_article_id", name="in_order"),
)

# Word sequences for finding near copies (news.sameness.copies). The key combines the fortnight of publication and the
# fingerprint, so that new rows lie together and the busy part of the index does not grow with the archive. There is no
# foreign key: its check would cost more than the row. All rows can be rebuilt from `texts`.
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("revision_id", BigInteger, primary_key=True, autoincrement=False),
)

# Site memory: an article had a line as text, or (under no outlet) a headline; the key is made by
# archive.ingest.boilerplate_memory. Few articles are kept for each line, and a line that does not recur is deleted
# soon. There is no foreign key, for the reason above. All rows can be rebuilt from `texts` and `blocks`.
block_memory = Table(
    "block_memory",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", BigInteger, primary_key=True, autoincrement=False),
)

# The reading of a capture by a rule set. Reading it again with better rules adds a reading, never a revision.
readings = Table(
    "readings",
    metadata,
    _id(),
    _ref("capture_id", "captures"),
    Column("rules", Text, nullable=False),
    Column("text_digest", LargeBinary, ForeignKey("texts.digest"), nullable=False),
    Column("fields", JSONB, nullable=False),  # see archive/article_fields.py
    Column("words_removed", Integer, nullable=False, server_default=text("0")),
    Column("seal", LargeBinary),  # digest of its values and blocks, see archive/seals.py
    _time("read_at", now=True),
    Index(None, "capture_id"),
)

# Removed text, with its label and the rule that removed it (promise 3). `position` is the order on the page.
blocks = Table(
    "blocks",
    metadata,
    Column("reading_id", BigInteger, ForeignKey("readings.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("score", SmallInteger, nullable=False),  # per cent
    Column("text", Text, nullable=False),
)

# The text of an article from when to when; `valid_to` is null for the latest revision (promise 6).
revisions = Table(
    "revisions",
    metadata,
    _id(),
    _ref("article_id", "articles", required=True),
    Column("number", Integer, nullable=False),
    _ref("reading_id", "readings", required=True),
    _ref("crawl_id", "crawls"),
    Column("headline", Text),
    Column("lead", Text),
    Column("text_digest", LargeBinary, ForeignKey("texts.digest"), nullable=False),
    Column("wording_digest", LargeBinary, nullable=False),  # of headline, lead and body, spacing and quote style aside
    Column("authors", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("language", Text),
    _time("date_published"),
    _time("date_modified"),
    Column(
        "changes", ARRAY(Text), nullable=False, server_default=text("'{}'")
    ),  # kinds of change since the revision before
    _time("captured_at", required=True),
    _time("valid_from", required=True),
    _time("valid_to"),
    Column("seal", LargeBinary),  # digest of the values that never change, see archive/seals.py
    UniqueConstraint("article_id", "number"),
    Index(None, "text_digest"),
    Index(None, "date_published"),
    Index(None, "crawl_id"),
)

# The frontier: one row per canonical URL ever found, committed before it is fetched (promises 1 and 2). `state` is
# waiting (crawl_id still has to settle it) or done. `crawl_id` is the outlet's crawl that found it last and has it in
# its ledger. `disposition` is the latest, null before the first fetch. `wording_digest` is of what this address showed
# last.
links = Table(
    "links",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    _ref("channel_id", "channels"),  # where it was found first
    _ref("crawl_id", "crawls"),
    _ref("article_id", "articles"),
    Column("url", Text, nullable=False),  # as found first
    Column("canonical_url", Text, nullable=False),
    Column("url_key", BigInteger, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("disposition", Text),
    Column("reason", Text),
    Column("title", Text),  # as the channel announced it
    _time("announced_at"),  # publication or modification time as the channel announced it
    Column("attempts", Integer, nullable=False, server_default=text("0")),  # in a row without an answer
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_digest", LargeBinary),
    Column("wording_digest", LargeBinary),
    Column("revision", Integer),  # the number of the revision that this address showed last
    Column("seen", Integer, nullable=False, server_default=text("1")),  # crawls that listed it
    _time("first_seen_at", now=True),
    _time("last_seen_at", now=True),
    _time("last_fetched_at"),
    _time("due_at"),  # when to fetch it again; null: when it is listed
    CheckConstraint("state in ('waiting', 'done')", name="state"),
    CheckConstraint(
        "disposition in ('new', 'copy', 'revised', 'unchanged', 'moved', 'skipped', 'failed')", name="disposition"
    ),
    CheckConstraint("disposition not in ('skipped', 'failed') or reason is not null", name="reason_given"),
    CheckConstraint("state = 'waiting' or disposition is not null", name="done_has_disposition"),
    Index("ix_links_waiting", "outlet_id", postgresql_where=text("state = 'waiting'")),
    Index("ix_links_due", "outlet_id", "due_at", postgresql_where=text("due_at is not null")),
    Index("ix_links_removed", "id", postgresql_where=text("reason = 'removed'")),
    Index(None, "crawl_id"),
    Index(None, "article_id"),
)

# A link to another outlet's page in a crawl's ledger; the link itself is in its owner's ledger. When the crawl is
# closed, all but failures are deleted, and the counts stay in `crawls`.
guest_links = Table(
    "guest_links",
    metadata,
    Column("crawl_id", BigInteger, ForeignKey("crawls.id"), primary_key=True),
    Column("link_id", BigInteger, ForeignKey("links.id"), primary_key=True),
    Column("disposition", Text),
    Column("reason", Text),
    Index(None, "link_id"),
)

# A link's history in brief: a row only when its disposition or reason changes or something is stored, so that the table
# grows with the news and not with the polling.
link_events = Table(
    "link_events",
    metadata,
    _id(),
    _ref("link_id", "links", required=True),
    _ref("crawl_id", "crawls"),
    Column("disposition", Text, nullable=False),
    Column("reason", Text),
    Column("evidence", JSONB),  # of a decision about sameness
    _time("at", now=True),
    Index(None, "link_id"),
    Index(None, "crawl_id"),
)

# Intervals with or without a look at an outlet (promise 4). `links` 0 with `looked` true means "found nothing", or with
# the reason `unchanged` that what was listed before is listed still.
coverage = Table(
    "coverage",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    _ref("crawl_id", "crawls"),
    Column("looked", Boolean, nullable=False),
    _time("started_at", required=True),
    _time("ended_at", required=True),
    Column("links", Integer, nullable=False, server_default=text("0")),
    Column("new", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text),
    Index(None, "outlet_id", "started_at"),
    CheckConstraint("looked or reason is not null", name="reason_given"),
)

# The register of exports: what was asked for (see archive.export.request), as of when, and the files that came of it,
# each with rows, bytes and sha256. `rules` are the rule sets that read the texts.
exports = Table(
    "exports",
    metadata,
    _id(),
    Column("request", JSONB, nullable=False),
    _time("as_of", required=True),
    Column("folder", Text, nullable=False),
    Column("files", JSONB, nullable=False, server_default=text("'[]'")),
    Column("articles", INT8MULTIRANGE, nullable=False, server_default=text("'{}'")),  # ids; empty until it is finished
    Column("version", Text, nullable=False),  # of Newskeep
    Column("rules", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _time("started_at", now=True),
    _time("finished_at"),  # null while it is unfinished
)

# Damage that `newskeep verify` found and that is still there. `check_id` is the check's id, `place` a file with the
# offset of a record in it, or a table with a row's key.
damages = Table(
    "damages",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("problem", Text, nullable=False),
    Column("article_ids", ARRAY(BigInteger), nullable=False),
    _time("found_at", now=True),
    _time("seen_at", now=True),
)

# How far the daemon has come with each check: the last key that it looked at, and when it was last at the end.
verifications = Table(
    "verifications",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("position", Text),
    _time("looked_at"),
    _time("whole_at"),
)

# What stands between readers and an outlet's pages (news.access), from when to when; `ended_at` is null while it lasts.
# `pages` showed it, `clear_looks` have not shown it since.
access_states = Table(
    "access_states",
    metadata,
    _id(),
    _ref("outlet_id", "outlets", required=True),
    _ref("crawl_id", "crawls"),  # in which it was seen first
    Column("state", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    _time("since", required=True),
    _time("last_seen_at", now=True),
    _time("ended_at"),
    Column("pages", Integer, nullable=False),
    Column("clear_looks", Integer, nullable=False, server_default=text("0")),
    Index(None, "outlet_id", "since"),
    Index(
        "ix_access_states_lasting", "outlet_id", "state", "source", unique=True,
        postgresql_where=text("ended_at is null"),
    ),
)  # fmt: skip

# The register of removals: what was taken out for good, when and why, without its text or address. It only grows. Pages
# with one of the `url_keys`, or with the letters of a removed text, are refused.
removals = Table(
    "removals",
    metadata,
    _id(),
    Column("article_id", BigInteger),  # that it had; null for a page that came back
    Column("outlet", Text),
    Column("reason", Text, nullable=False),
    Column("url_keys", ARRAY(BigInteger), nullable=False),
    Column("letters", ARRAY(LargeBinary), nullable=False, server_default=text("'{}'")),  # see `texts.letters`
    Column("everywhere", Boolean, nullable=False),  # whether its text is refused from other outlets too
    _time("first_captured_at"),
    _time("removed_at", now=True),
    Index(None, "url_keys", postgresql_using="gin"),
    Index(None, "letters", postgresql_using="gin"),
)

# Records of capture files that still have to be erased, since their rows are gone. A killed removal is continued here.
erasures = Table(
    "erasures",
    metadata,
    Column("file", Text, primary_key=True),
    Column("record_offset", BigInteger, primary_key=True),
    Column("record_length", BigInteger, nullable=False),
    _ref("removal_id", "removals", required=True),
    _time("ordered_at", required=True),
)

# Articles that must not be removed, whatever asks for it: a legal hold.
holds = Table(
    "holds",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    _time("since", now=True),
)
