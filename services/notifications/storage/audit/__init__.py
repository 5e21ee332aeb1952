"""What the audit of obligations reads and keeps."""
