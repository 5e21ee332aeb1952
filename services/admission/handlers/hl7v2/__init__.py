"""The use cases of the HL7 v2 door."""
