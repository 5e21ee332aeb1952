"""The bus alone: consumer groups of two client libraries under the same faults of broker and members."""
