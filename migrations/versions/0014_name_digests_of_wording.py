"""Rename `said_digest` to `wording_digest` in revisions and links: it is the digest of headline, lead and body.

Why: the tables, the code and the documents use one word for one thing.
Locks: revisions and links for an instant.
The running daemon: an older one must be stopped first. No release has had the old name, so it takes one step.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("revisions", "links"):
        op.alter_column(table, "said_digest", new_column_name="wording_digest")


def downgrade() -> None:
    for table in ("revisions", "links"):
        op.alter_column(table, "wording_digest", new_column_name="said_digest")
