"""Add site memory: which article had which line as text, by four weeks.

Why: lines that recur under an outlet's articles are boilerplate, which a single page cannot show.
Locks: nothing; it adds an empty table. Articles stored before are not in it; an outlet's next ones are.
The running daemon: can continue; articles that it stores meanwhile are not in it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "block_memory",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_block_memory")),
    )


def downgrade() -> None:
    op.drop_table("block_memory")
