"""Raises how many files and connections this process may have open, as far as the machine allows."""

import resource


def allow_open_files(count: int) -> None:
    """Let the process open so many, as far as the machine allows."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if most == resource.RLIM_INFINITY else min(count, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
