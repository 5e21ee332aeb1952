"""The door for HL7 v2 ADT: what comes is read, stated through the use cases, and answered."""
