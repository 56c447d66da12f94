"""Outlets' days count in how many articles a lead, a section, a picture and a language were found.

Why: a layout that changed shows in them too.
Locks: `outlet_days` for a moment; the columns are empty for days that are over, and nothing is rewritten.
The running daemon: can go on; its days leave the new columns empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FIELDS = ("leads", "sections", "images", "languages")


def upgrade() -> None:
    for name in FIELDS:
        op.add_column("outlet_days", sa.Column(name, sa.Integer()))


def downgrade() -> None:
    for name in FIELDS:
        op.drop_column("outlet_days", name)
