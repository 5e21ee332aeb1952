"""The spine's next revision: a replica of the relations that admission granted."""

from shared.spine.revisions import relations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

upgrade = relations.upgrade
downgrade = relations.downgrade
