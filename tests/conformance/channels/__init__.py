"""Does every channel keep the promises of `Channel`?"""
