"""The consuming half of the spine that lives in the database: applied once, or parked."""
