"""Deaths of whole machines and containers are counted beside those of workers.

Why: a worker that dies under a living parent was mostly killed by what it crawled, a container as a whole was mostly
switched off. Counted together, two containers that were killed let all their outlets run one at a time, and a third
death of whatever kind set one aside.
Locks: turns for an instant.
The running daemon: one of before can go on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("machine_deaths", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("turns", "machine_deaths")
