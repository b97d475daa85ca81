"""What `handrail list` prints. No library is loaded for it."""

from __future__ import annotations


def print_set_ups() -> None:
    """Name, title and summary of every set-up."""
    from flows import SET_UPS

    for name, (title, summary) in SET_UPS.items():
        print(f"{name:<16}{title}\n{'':<16}{summary}")
