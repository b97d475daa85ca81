"""What lets the schedules of a database do their work again."""

from __future__ import annotations

BEYOND: dict[str, str] = {}
