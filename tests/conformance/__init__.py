"""Do all implementations of one promise keep it? One suite for each kind of port."""
