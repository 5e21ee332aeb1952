"""Use cases on callbacks: saying where a source is told, finding what is new, telling it."""
