"""The spine's next revision: keys expire, have limits of their own, and when they were last used is known."""

from shared.spine.revisions import life_of_keys

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

upgrade = life_of_keys.upgrade
downgrade = life_of_keys.downgrade
