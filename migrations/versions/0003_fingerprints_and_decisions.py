"""Add fingerprints of texts for finding near copies, and people's decisions about stories.

Why: every outlet cuts and edits agency copy, and comparing letters alone finds a third of it.
Locks: adds tables only, which takes a moment. Articles stored before have no fingerprints: their copies are found by
letters alone, as before.
The running daemon: can continue; articles that it stores meanwhile have no fingerprints either.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_decisions",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("other_article_id", sa.BigInteger(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("article_id < other_article_id", name=op.f("ck_story_decisions_in_order")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_story_decisions_article_id")),
        sa.ForeignKeyConstraint(
            ["other_article_id"], ["articles.id"], name=op.f("fk_story_decisions_other_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "other_article_id", name=op.f("pk_story_decisions")),
    )
    op.create_index(op.f("ix_story_decisions_other_article_id"), "story_decisions", ["other_article_id"])
    op.create_table(
        "fingerprints",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "revision_id", name=op.f("pk_fingerprints")),
    )


def downgrade() -> None:
    op.drop_table("fingerprints")
    op.drop_table("story_decisions")
