"""Let a capture say where it leads, so that redirects have rows.

Why: their records stood in WARC files alone, and `explain` did not know of them.
Locks: captures for an instant.
The running daemon: an older one can continue; it writes no rows for redirects.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("captures", sa.Column("location", sa.Text()))


def downgrade() -> None:
    op.execute("delete from captures where location is not null and id not in (select capture_id from readings)")
    op.drop_column("captures", "location")
