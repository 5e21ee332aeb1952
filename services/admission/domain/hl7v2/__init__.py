"""Reads HL7 v2 in its pipe form (ER7) and writes acknowledgements: pure, linear, and it knows no ADT."""
