"""Count deaths of whole machines and containers apart from those of workers.

Why: a worker that dies while its parent lives was mostly killed by a page; a whole container was mostly switched off.
Counted together, two killed containers made all their outlets run one at a time, and a third death of any kind set an
outlet aside.
Locks: turns for an instant.
The running daemon: an older one can continue.
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
