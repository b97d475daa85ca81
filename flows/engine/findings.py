"""Findings, named by how sure they are."""

from __future__ import annotations

from .flow import Finding, Grade


def proved(id_: str, sentence: str, seen: str) -> Finding:
    return Finding(id_, Grade.PROVED, sentence, seen)


def likely(id_: str, sentence: str, seen: str, remedy: str = "") -> Finding:
    return Finding(id_, Grade.PREDICTED, sentence, seen, remedy)


def unknown(id_: str, sentence: str, why: str, remedy: str = "", *, aside: bool = False) -> Finding:
    return Finding(id_, Grade.NOT_CHECKED, sentence, why, remedy, aside)


def caution(id_: str, sentence: str, seen: str, remedy: str = "") -> Finding:
    return Finding(id_, Grade.CAUTION, sentence, seen, remedy)


def waits(id_: str, sentence: str, seen: str, remedy: str = "") -> Finding:
    return Finding(id_, Grade.WAITING, sentence, seen, remedy)


def broken(id_: str, sentence: str, seen: str, remedy: str) -> Finding:
    return Finding(id_, Grade.REFUSED, sentence, seen, remedy)
