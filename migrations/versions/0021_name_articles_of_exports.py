"""Name the articles of each export in the register.

Why: when an article is removed, the exports that contain it must be found, and only those.
Locks: exports for a moment.
The running daemon: can continue.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exports", sa.Column("articles", INT8MULTIRANGE(), server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    op.drop_column("exports", "articles")
