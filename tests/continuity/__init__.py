"""The continuity test: break everything, lose nothing, and let an independent checker say so."""
