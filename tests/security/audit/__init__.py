"""No access without its entry, and no entry that can be changed unseen."""
