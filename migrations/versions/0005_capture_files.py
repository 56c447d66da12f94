"""Add the place of each capture file: the spool folder of a machine, or an object store.

Why: a worker writes its captures to a local folder and uploads finished files to an object store; a record must be found
wherever its file is. Older files have no row and are read below NEWSKEEP_HOME/captures, as before.
Locks: nothing; it adds an empty table.
The running daemon: an older one can continue. It does not know the table, and no file moves before a store is set.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capture_files",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state in ('spooled', 'stored')", name=op.f("ck_capture_files_state")),
        sa.CheckConstraint(
            "state = 'spooled' or (size is not null and digest is not null and stored_at is not null)",
            name=op.f("ck_capture_files_stored_whole"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_capture_files")),
    )


def downgrade() -> None:
    op.drop_table("capture_files")
