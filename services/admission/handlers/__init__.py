"""What can admission be asked to do? The use cases, one file each."""
