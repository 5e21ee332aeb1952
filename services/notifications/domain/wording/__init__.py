"""The texts of messages and of the carer page."""
