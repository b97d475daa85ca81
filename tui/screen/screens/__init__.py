"""What a person sees, one screen a module."""
