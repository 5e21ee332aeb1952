"""The textbook peer of benchmarks/ under the same clients and the same faults, for comparison."""
