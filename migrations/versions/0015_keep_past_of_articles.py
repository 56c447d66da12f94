"""Keep what an article's row said before each change, and a register of exports.

Why: an export as of a past date has to find the story and the flags that an article had then.
Locks: articles for a moment, for the trigger.
The running daemon: can continue.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "articles_past",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_articles_past_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "until", name=op.f("pk_articles_past")),
    )
    # Of several changes in one transaction, the first has the row as others saw it before.
    op.execute("""
        create function keep_past() returns trigger language plpgsql as $$
        begin
            insert into articles_past (article_id, until, story_id, flags, first_captured_at)
            values (old.id, now(), old.story_id, old.flags, old.first_captured_at)
            on conflict do nothing;
            return null;
        end $$
    """)
    op.execute("""
        create trigger keep_past after update of story_id, flags, first_captured_at on articles for each row
        when ((old.story_id, old.flags, old.first_captured_at)
              is distinct from (new.story_id, new.flags, new.first_captured_at))
        execute function keep_past()
    """)
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request", JSONB(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("files", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("rules", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )


def downgrade() -> None:
    op.drop_table("exports")
    op.execute("drop trigger keep_past on articles")
    op.execute("drop function keep_past()")
    op.drop_table("articles_past")
