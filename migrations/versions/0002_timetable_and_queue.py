"""Add the timetable, the queue, the processes that share them, and the alerts.

Why: `newskeep daemon` decides when to crawl, procrastinate decides which worker; both use the archive's database. The
queue's tables are in a schema of their own, "queue", so that its names never collide with ours.
Locks: adds two empty columns to crawls, which takes a moment.
The running daemon: there is none before this.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUEUE = Path(__file__).parents[1] / "queue" / "procrastinate_3_10.sql"


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("crawls", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger()),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("role in ('scheduler', 'worker')", name=op.f("ck_processes_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "turns",
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_for", sa.DateTime(timezone=True)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deaths", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True)),
        sa.Column("set_aside_reason", sa.Text()),
        sa.Column("rhythm", JSONB()),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_turns_outlet_id")),
        sa.PrimaryKeyConstraint("outlet_id", name=op.f("pk_turns")),
    )
    op.create_index(op.f("ix_turns_due_at"), "turns", ["due_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("outlet_id", sa.BigInteger()),
        sa.Column("facts", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("opening_told_at", sa.DateTime(timezone=True)),
        sa.Column("ending_told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_alerts_outlet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(
        "ix_alerts_open", "alerts", ["rule", "subject"], unique=True, postgresql_where=sa.text("ended_at is null")
    )
    op.create_index(op.f("ix_alerts_opened_at"), "alerts", ["opened_at"])
    op.add_column("crawls", sa.Column("process_id", sa.BigInteger()))
    op.add_column("crawls", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(op.f("fk_crawls_process_id"), "crawls", "processes", ["process_id"], ["id"])
    _make_queue()


def downgrade() -> None:
    op.execute("drop schema queue cascade")
    op.drop_column("crawls", "due_at")
    op.drop_column("crawls", "process_id")
    for name in ("alerts", "turns", "processes"):
        op.drop_table(name)


def _make_queue() -> None:
    """Run the queue's own SQL, many statements and no parameters, with its schema as the place for new names."""
    context = op.get_context()
    if context.as_sql:  # `alembic upgrade --sql` prints the statements
        script = QUEUE.read_text(encoding="utf-8")
        context.impl.static_output(f"create schema queue;\nset local search_path to queue;\n{script}\n")
        context.impl.static_output("set local search_path to default;\n")
        return
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # a connection that is in use has one
    driver.execute("create schema queue")
    driver.execute("set local search_path to queue")
    driver.execute(QUEUE.read_bytes())
    driver.execute("set local search_path to default")
