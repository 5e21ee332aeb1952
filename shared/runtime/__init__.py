"""What every process needs: time, settings, waiting, garbage collection, and our errors."""
