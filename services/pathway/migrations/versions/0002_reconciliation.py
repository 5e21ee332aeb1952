"""The spine's second revision: what reconciliation and pauses need."""

from shared.spine.revisions import reconciliation

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

upgrade = reconciliation.upgrade
downgrade = reconciliation.downgrade
