"""Proves that nothing is lost: what a publisher recorded is compared with what each consumer holds."""
