"""Decides whose a movement is when persons are merged or separated, or a statement names another one."""
