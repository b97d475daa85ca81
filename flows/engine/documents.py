"""Documents that belong to several: a policy with a statement of ours in it, the notifications of a bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol, TypeVar

from .actions import Action
from .calls import Call
from .problems import CloudError
from .references import Late, Ref, fill
from .refusals import matches
from .undo_plan import Entry

T = TypeVar("T")


class Reads(Protocol):
    """What a document needs of whoever carries a run's calls."""

    def resolve(self, ref: Ref) -> Any: ...
    def text(self, value: Late) -> str: ...
    def look(self, call: Call, path: Late) -> Any: ...
    def believed(self, look: Callable[[], T], doubtful: Callable[[T], bool], actions: Iterable[str]) -> T: ...


class Document:
    """The document that an `Entry` is a part of, as it stood when it was first asked about; it is read once.

    AWS keeps some as JSON text and others as they are; what is written has the form of what was read.
    """

    def __init__(self, carrier: Reads, action: Action) -> None:
        assert isinstance(action.undo, Entry), f"{action.id} edits nothing"
        self.carrier, self.entry, self._rests_on = carrier, action.undo, action.needs

    def ours(self) -> dict[str, Any] | None:
        """The entry as it stands there; None if it does not."""
        if not self.entry.key:
            switch: dict[str, Any] | None = self._standing.get(self.entry.within)
            return switch
        return next((each for each in self._entries() if self._is_ours(each)), None)

    def under_other_names(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What others call each entry that is not ours, and what it were if it was called as ours is."""
        if key := self.entry.key:
            ours = self.carrier.text(self.entry.entry[key])
            yield from ((str(each.get(key) or "none"), {**each, key: ours}) for each in self._others())

    def beside(self) -> list[tuple[str, dict[str, Any]]]:
        """What others have in the same list, and what they call each of it. Nothing of a switch."""
        key = self.entry.key
        return [(str(each.get(key) or "one without a name"), each) for each in self._others()] if key else []

    def with_entry(self) -> Any:
        """The document with our entry, everything else as it is. Raises CloudError if it grows too long."""
        added: dict[str, Any] = fill(self.entry.entry, self.carrier.resolve)
        return self._written([*self._others(), added] if self.entry.key else added)

    def without_entry(self) -> Any:
        """The document without our entry; "" if that leaves nothing."""
        others = self._others() if self.entry.key else []
        if not others and self.entry.remove:
            return ""
        return self._written(others)

    @cached_property
    def _read(self) -> Any:
        """What AWS answers: text, a mapping, or None for one that is not there yet."""

        def look() -> Any:
            try:
                return self.carrier.look(self.entry.read, self.entry.path)
            except CloudError as problem:
                if matches(problem, self.entry.absent):
                    return None
                raise

        return self.carrier.believed(look, lambda _: False, self._rests_on)

    @cached_property
    def _standing(self) -> Mapping[str, Any]:
        found = self._read
        if isinstance(found, Mapping):
            found = {name: each for name, each in found.items() if each is not None}
        standing: Mapping[str, Any] = json.loads(found) if isinstance(found, str) else found or self.entry.empty
        return standing

    def _entries(self) -> list[dict[str, Any]]:
        listed = self._standing.get(self.entry.within, [])
        return listed if isinstance(listed, list) else [listed]  # IAM takes a single statement without a list

    def _others(self) -> list[dict[str, Any]]:
        return [each for each in self._entries() if not self._is_ours(each)]

    def _is_ours(self, each: Mapping[str, Any]) -> bool:
        return bool(each.get(self.entry.key) == self.carrier.text(self.entry.entry[self.entry.key]))

    def _written(self, within: Any) -> Any:
        whole = {**self._standing, self.entry.within: within}
        if isinstance(self._read, Mapping) or (self._read is None and not self.entry.empty):
            return {name: each for name, each in whole.items() if each != []}
        text = json.dumps(whole, separators=(",", ":"))
        if len(text.encode()) > self.entry.limit:
            what = f"{self.entry.read.name.removeprefix('Get')} would have {len(text.encode())} bytes."
            remedy = "Remove what is no longer needed from it first."
            raise CloudError(what, f"AWS takes at most {self.entry.limit}.", remedy)
        return text
