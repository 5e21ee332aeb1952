"""The media over which messages are sent, one file each, behind one interface."""
