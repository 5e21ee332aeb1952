"""The bus comparison's own machinery."""
