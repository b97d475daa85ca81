"""What Handrail costs: start, memory, applying and calls, each as a ratio from one interleaved run."""
