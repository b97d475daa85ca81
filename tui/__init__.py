"""What people see: full screen, line prompts, and from a file. All three drive one `Session`."""
