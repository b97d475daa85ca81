"""The few things that screens are made of. Each paints whole lines and repaints only those that changed."""
