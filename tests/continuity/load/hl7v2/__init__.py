"""HL7 v2 as a hospital speaks it: ADT messages of PAM.fr and their acknowledgements, over MLLP."""
