"""Add what `newskeep verify` compares with: seals of rows and records, the last check of each file, and the damage found.

Why: a changed byte in a headline, a removed block or the packing of a record could not be seen.
Locks: captures while its index is made, a minute for ten million; others for a moment. The columns stay empty for older
rows, which are checked without them.
The running daemon: an older one can continue, its rows get no seals.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("captures", sa.Column("record_digest", sa.LargeBinary()))
    op.create_index(op.f("ix_captures_file_record_offset"), "captures", ["file", "record_offset"])
    op.add_column("readings", sa.Column("seal", sa.LargeBinary()))
    op.add_column("revisions", sa.Column("seal", sa.LargeBinary()))
    op.add_column("capture_files", sa.Column("verified_at", sa.DateTime(timezone=True)))
    op.create_table(
        "damages",
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("article_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("check_id", "place", name=op.f("pk_damages")),
    )
    op.create_table(
        "verifications",
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text()),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_verifications")),
    )


def downgrade() -> None:
    op.drop_table("verifications")
    op.drop_table("damages")
    op.drop_column("capture_files", "verified_at")
    op.drop_column("revisions", "seal")
    op.drop_column("readings", "seal")
    op.drop_index(op.f("ix_captures_file_record_offset"), "captures")
    op.drop_column("captures", "record_digest")
