"""Add the register of removals, the records that wait to be erased, and legal holds.

Why: an article has to be taken out for good, and must not come back with the next crawl or a restored backup.
Locks: links while the index is made, seconds for a million.
The running daemon: stop it, an older one stores again what was removed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger()),
        sa.Column("outlet", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("url_keys", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("letters", postgresql.ARRAY(sa.LargeBinary()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("first_captured_at", sa.DateTime(timezone=True)),
        sa.Column("removed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
    )
    op.create_index(op.f("ix_removals_url_keys"), "removals", ["url_keys"], postgresql_using="gin")
    op.create_index(op.f("ix_removals_letters"), "removals", ["letters"], postgresql_using="gin")
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception 'the register of removals only grows';
        end $$
    """)
    op.execute("create trigger append_only before update or delete on removals execute function refuse_change()")
    op.create_table(
        "erasures",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("record_length", sa.BigInteger(), nullable=False),
        sa.Column("removal_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["removal_id"], ["removals.id"], name=op.f("fk_erasures_removal_id")),
        sa.PrimaryKeyConstraint("file", "record_offset", name=op.f("pk_erasures")),
    )
    op.create_table(
        "holds",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_holds_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_holds")),
    )
    op.create_index("ix_links_removed", "links", ["id"], postgresql_where=sa.text("reason = 'removed'"))


def downgrade() -> None:
    op.drop_index("ix_links_removed", "links")
    op.drop_table("holds")
    op.drop_table("erasures")
    op.drop_table("removals")
    op.execute("drop function refuse_change()")
