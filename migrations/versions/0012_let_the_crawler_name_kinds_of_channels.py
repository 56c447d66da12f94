"""Allow any name for a kind of channel: the crawler's registry lists the kinds.

Why: a new kind is one file in the crawler, and needs no change of the schema.
Locks: channels for an instant.
The running daemon: an older one can continue.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_channels_kind"), "channels")
    op.create_check_constraint(op.f("ck_channels_kind"), "channels", "kind ~ '^[a-z_]+$'")


def downgrade() -> None:
    op.execute("update channels set kind = 'listing' where kind not in ('feed', 'sitemap', 'listing', 'robots')")
    op.drop_constraint(op.f("ck_channels_kind"), "channels")
    op.create_check_constraint(op.f("ck_channels_kind"), "channels", "kind in ('feed', 'sitemap', 'listing', 'robots')")
