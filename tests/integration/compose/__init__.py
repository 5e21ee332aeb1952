"""Does the composition fit the repository, and would the check notice if it did not?"""
