"""Crowds: whoever takes more than a share meets a limit of their own, and nobody else notices."""
