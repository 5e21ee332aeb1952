"""The spine's next revision: who had access to what of whom, in a schema of its own."""

from shared.spine.revisions import audit

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

upgrade = audit.upgrade
downgrade = audit.downgrade
