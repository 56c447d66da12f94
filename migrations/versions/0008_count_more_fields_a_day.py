"""Count each day in how many articles a lead, a section, an image and a language were found.

Why: these counts also show that a layout has changed.
Locks: `outlet_days` for a moment; the columns stay empty for past days, and nothing is rewritten.
The running daemon: can continue; its days leave the new columns empty.
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
