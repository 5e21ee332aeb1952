"""An SMS gateway of our own: Kannel's `sendsms`, a journal on the disk before every answer, and faults."""
