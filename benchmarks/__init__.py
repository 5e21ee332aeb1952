"""What is measured, against what limit and which peer, in one run: `make bench`."""
