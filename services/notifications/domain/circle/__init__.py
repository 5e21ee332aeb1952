"""The members of a care circle, what they are called and how they are reached."""
