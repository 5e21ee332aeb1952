"""Describes who had access to what of whom, and chains it so that every change is seen."""
