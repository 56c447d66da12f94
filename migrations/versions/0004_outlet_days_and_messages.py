"""Add what outlets publish by day, and the messages about alerts.

Why: the rules of health learn what is usual for an outlet from its own days; counting them at each look would take
minutes. A message goes out once over each channel, so each channel needs its own row.
Locks: nothing; it adds empty tables.
The running daemon: an older one can continue. It fills neither table; the days that it leaves out are counted later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_messages",
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("change in ('opened', 'ended')", name=op.f("ck_alert_messages_change")),
        sa.CheckConstraint("channel in ('webhook', 'mail')", name=op.f("ck_alert_messages_channel")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_messages_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "change", "channel", name=op.f("pk_alert_messages")),
    )
    op.create_table(
        "outlet_days",
        sa.Column("outlet_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("words_median", sa.Float()),
        sa.Column("removed_share", sa.Float()),
        sa.Column("headlines", sa.Integer(), nullable=False),
        sa.Column("dates", sa.Integer(), nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.Column("paywalled", sa.Integer(), nullable=False),
        sa.Column("ending", sa.Text()),
        sa.Column("endings", sa.Integer(), nullable=False),
        sa.Column("hours", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("last_article_at", sa.DateTime(timezone=True)),
        sa.Column("longest_silence_seconds", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("failed_looks", sa.Integer(), nullable=False),
        sa.Column("watched", sa.Float(), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlets.id"], name=op.f("fk_outlet_days_outlet_id")),
        sa.PrimaryKeyConstraint("outlet_id", "day", name=op.f("pk_outlet_days")),
    )


def downgrade() -> None:
    op.drop_table("outlet_days")
    op.drop_table("alert_messages")
