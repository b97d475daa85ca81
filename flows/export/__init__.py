"""Readers of a plan: the same plan as an `aws` script, or as an IAM policy."""
