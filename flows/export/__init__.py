"""Readers of a plan: the same plan as an `aws` script, a CloudFormation template, a runbook, an IAM policy."""
