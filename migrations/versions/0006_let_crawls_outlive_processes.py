"""Let crawls outlive the rows of their processes, which are deleted after a month.

Why: a worker that dies at once is replaced every fifteen seconds, and each left a row for ever. Crawls refer to these
rows, and checking all crawls at each deletion would cost more than the rows do.
Locks: crawls and processes for an instant.
The running daemon: an older one can continue.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("fk_crawls_process_id"), "crawls", type_="foreignkey")


def downgrade() -> None:
    op.execute("update crawls set process_id = null where process_id not in (select id from processes)")
    op.create_foreign_key(op.f("fk_crawls_process_id"), "crawls", "processes", ["process_id"], ["id"])
