"""The spine's next revision: the ids of those who were erased."""

from shared.spine.revisions import erased

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

upgrade = erased.upgrade
downgrade = erased.downgrade
