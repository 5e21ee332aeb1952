"""The spine's next revision: a key may be bound to several sites."""

from shared.spine.revisions import sites_of_keys

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

upgrade = sites_of_keys.upgrade
downgrade = sites_of_keys.downgrade
