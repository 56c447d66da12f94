"""Let imported captures stay where they are, and find a capture by the digest that its file states.

Why: a second copy of a large collection of WARC files is not wanted, and revisit records of many programs refer to an
earlier capture by its digest only.
Locks: captures and capture_files for a moment each; no row is rewritten.
The running daemon: it can go on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WHOLE = "(size is not null and digest is not null and stored_at is not null)"


def upgrade() -> None:
    op.add_column("captures", sa.Column("stated_digest", sa.LargeBinary()))
    op.create_index(
        "ix_captures_stated_digest",
        "captures",
        ["stated_digest"],
        postgresql_where=sa.text("stated_digest is not null"),
    )
    _constrain("state in ('spooled', 'stored', 'in_place')", f"state <> 'stored' or {WHOLE}")


def downgrade() -> None:
    op.execute("delete from capture_files where state = 'in_place'")
    _constrain("state in ('spooled', 'stored')", f"state = 'spooled' or {WHOLE}")
    op.drop_column("captures", "stated_digest")


def _constrain(state: str, whole: str) -> None:
    for name, rule in (("state", state), ("stored_whole", whole)):
        op.drop_constraint(op.f(f"ck_capture_files_{name}"), "capture_files")
        op.create_check_constraint(op.f(f"ck_capture_files_{name}"), "capture_files", rule)
