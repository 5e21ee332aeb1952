"""The spine's next revision: events that their publisher never recorded are taken back, once."""

from shared.spine.revisions import events_of_nobody

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

upgrade = events_of_nobody.upgrade
downgrade = events_of_nobody.downgrade
