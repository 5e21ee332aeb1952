"""The spine's next revision: another index key or master key is noticed at the start."""

from shared.spine.revisions import key_checks

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

upgrade = key_checks.upgrade
downgrade = key_checks.downgrade
