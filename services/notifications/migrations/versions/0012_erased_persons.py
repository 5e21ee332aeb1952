"""The spine's next revision: the ids of those who were erased."""

from shared.spine.revisions import erased

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

upgrade = erased.upgrade
downgrade = erased.downgrade
