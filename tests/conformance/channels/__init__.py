"""Every channel keeps the promises of `Channel`."""
