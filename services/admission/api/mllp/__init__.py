"""MLLP: HL7 v2 over TCP, from which source a connection comes and how long one may be silent."""
