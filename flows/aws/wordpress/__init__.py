"""WordPress on one machine: the script that provisions it, and what the script says."""
