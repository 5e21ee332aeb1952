"""The second derivation of obligations: shares no code with the one that plans (decision 0009)."""
