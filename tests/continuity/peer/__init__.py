"""Runs the textbook peer of benchmarks/ under the same load and faults, for comparison."""
