"""Keep the access states of each outlet: paywalls, consent walls, challenges, opt-outs, limits, from when to when.

Why: a crawl's reasons say that pages failed, not since when a site puts a wall before them.
Locks: nothing that is in use.
The running daemon: an older one can continue; it writes no such states.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

V_ACCESS = """
create view v_access as
select o.name as outlet, s.state, s.source, s.since, s.ended_at as until, s.last_seen_at, s.evidence, s.pages,
       s.crawl_id as crawl
from access_states s
join outlets o on o.id = s.outlet_id
"""


def upgrade() -> None:
    op.create_table(
        "access_states",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("crawl_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("clear_looks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawls.id"], name=op.f("fk_access_states_crawl_id_crawls")),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_access_states_outlet_id_outlets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_states")),
    )
    op.create_index(
        "ix_access_states_lasting",
        "access_states",
        ["outlet_id", "state", "source"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(op.f("ix_access_states_outlet_id_since"), "access_states", ["outlet_id", "since"])
    op.execute(V_ACCESS)


def downgrade() -> None:
    op.execute("drop view v_access")
    op.drop_table("access_states")
