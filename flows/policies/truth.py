"""Yes, no, and “cannot be told”, which is None."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def some(truths: Iterable[Truth]) -> Truth:
    """Whether at least one is true."""
    told = set(truths)
    return True if True in told else None if None in told else False


def every(truths: Iterable[Truth]) -> Truth:
    """Whether all are true; so it is of none."""
    told = set(truths)
    return False if False in told else None if None in told else True


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth
