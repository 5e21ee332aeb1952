"""The SQL of what the HL7 v2 door keeps: dialects, and what it could not read."""
