"""Rename columns whose names could mean several things: `said_digest` to `wording_digest`, `told_at` to `notified_at`.

Why: tables, code and documents use one word for one thing.
Locks: revisions, links, alerts and alert_messages for an instant.
The running daemon: an older one must be stopped first. No release has had the old names, so it takes one step.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RENAMED = (
    ("revisions", "said_digest", "wording_digest"),
    ("links", "said_digest", "wording_digest"),
    ("alerts", "opening_told_at", "opening_notified_at"),
    ("alerts", "ending_told_at", "ending_notified_at"),
    ("alert_messages", "told_at", "notified_at"),
)


def upgrade() -> None:
    for table, old, new in RENAMED:
        op.alter_column(table, old, new_column_name=new)


def downgrade() -> None:
    for table, old, new in RENAMED:
        op.alter_column(table, new, new_column_name=old)
