"""The two things that applying and undoing share: sending a call with patience, and waiting for its effect."""

from __future__ import annotations

import json
import queue
import secrets
import string
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

import jmespath

from .clock import Clock
from .cloud import Cloud
from .events import Event, Happening
from .journal import Run
from .plan import RUN, Call, Entry, Find, Late, Ref, Wait, edited, fill, found
from .problems import CloudError, Denied, Problem

NOT_YET_LIMIT = 300
"""Seconds for which "not yet" is believed (terraform-provider-aws gives VPN gateways 5 minutes too)."""
USUALLY = 15
"""Seconds after which a "not yet" is mostly over."""
FRESH = 60
"""Seconds for which "not found" may only mean that AWS's copies are not in step yet."""
POLLS = (1, 1, 2, 3, 5, 5, 10)
"""Seconds between one look and the next; the last one repeats."""


T = TypeVar("T")
LETTERS = string.ascii_letters + string.digits


class Stopped(Problem):
    """The person asked to stop; what was sent is journalled."""

    code = "stopped"
    exit_code = 130


@dataclass
class Carrier:
    """Carries one run's calls to one account.

    Args:
        run: where references are looked up.
        cloud: the account.
        report: called with every event, from any thread.
        stop: when set, nothing further is sent.
        clock: time.
        decisions: what only a person can decide, for an undo.
        patience: seconds for which "not yet" is believed.
    """

    run: Run
    cloud: Cloud
    report: Callable[[Event], None]
    stop: threading.Event
    clock: Clock
    decisions: Mapping[str, str] = field(default_factory=dict)
    patience: float = NOT_YET_LIMIT
    _made_up: dict[str, str] = field(default_factory=dict, repr=False)
    _making_up: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def resolve(self, ref: Ref) -> Any:
        """What a reference stands for by now. Raises KeyError if it is not known yet."""
        if ref.action == RUN.action and ref.path.startswith("secret:"):
            with self._making_up:
                return self._secret(ref.path.removeprefix("secret:"))
        if ref == edited(ref.action):
            return Document(self, self._entry(ref.action)).with_entry()
        return self.run.resolve(ref)

    def _entry(self, action: str) -> Entry:
        plan = self.run.plan
        assert plan is not None, "only a confirmed run edits anything"
        added = next(each.undo for each in plan.actions if each.id == action)
        assert isinstance(added, Entry), f"{action} edits nothing"
        return added

    def _secret(self, name: str) -> str:
        if name not in self._made_up:
            plan = self.run.plan
            assert plan is not None, "only a confirmed run has secrets"
            secret = next(secret for secret in plan.secrets if secret.name == name)
            if self.run.status(secret.kept_by) in ("done", "ready"):
                self._made_up[name] = str(self.look(secret.look, secret.path))
            else:
                self._made_up[name] = "".join(secrets.choice(LETTERS) for _ in range(secret.characters))
        return self._made_up[name]

    def forget_secrets(self) -> None:
        """What was made up here never reached AWS: read what did."""
        self._made_up.clear()

    def text(self, value: Late) -> str:
        return str(fill(value, self.resolve))

    def look(self, call: Call, path: Late) -> Any:
        """The part at JMESPath `path` of the answer to a reading call."""
        return jmespath.search(self.text(path), self.cloud.make(call.fill(self.resolve)))

    def search(self, find: Find) -> Any:
        """What `find` recognises, on whichever page it is; None if it is on none, or not provably ours."""
        shape = self.text(find.shape)
        for page in self._pages(find):
            there = jmespath.search(shape, page)
            if there is None:
                continue
            if find.proof is None:
                return there
            several = isinstance(there, list)
            for each in there if several else [there]:
                if self._proved(find, find.proof, each, several):
                    return each
        return None

    def _pages(self, find: Find) -> Iterator[dict[str, Any]]:
        try:
            yield from self.cloud.pages(find.look.fill(self.resolve))
        except CloudError as problem:
            if not matches(problem, find.absent):
                raise

    def _proved(self, find: Find, proof: Call, each: Any, several: bool) -> bool:
        try:
            about = self.cloud.make(proof.fill(partial(self._resolve_found, each)))
        except Denied:
            if not several:
                raise
            return False  # somebody else's: what this run made, it may look at
        return bool(jmespath.search(self.text(find.ours), about))

    def pause(self, seconds: float) -> None:
        """Wait, unless asked to stop. Raises Stopped."""
        self.clock.sleep(seconds, self.stop)
        self.check()

    def check(self) -> None:
        if self.stop.is_set():
            raise Stopped("Stopped as you asked.", "What was sent is written down.")

    def send(
        self, call: Call, not_yet: Iterable[str], read: Call | None = None, more: str = "", *, action: str = ""
    ) -> dict[str, Any]:
        """Send a changing call, again and again while AWS says "not yet". Raises CloudError.

        `read` is made before each attempt; `found` in the call refers to its answer. While `more` is true of that,
        there is more to send.
        """

        def attempt() -> tuple[dict[str, Any], bool]:
            answer = self.cloud.make(read.fill(self.resolve)) if read else {}
            reply = self.cloud.make(call.fill(partial(self._resolve_found, answer)))
            return reply, bool(more and jmespath.search(more, answer))

        while True:
            reply, again = self.patiently(attempt, not_yet, action)
            if not again:
                return reply

    def patiently(self, attempt: Callable[[], T], not_yet: Iterable[str], action: str = "") -> T:
        """What `attempt` gives, made again and again while AWS says "not yet"; reported for `action` if it is named."""
        began, tries = self.clock.now(), 0
        while True:
            self.check()
            try:
                return attempt()
            except CloudError as problem:
                elapsed = self.clock.now() - began
                if not matches(problem, not_yet) or elapsed > self.patience:
                    raise
                if action:
                    told = f"AWS is not ready for it yet ({problem.aws_code}); it is asked again"
                    self.report(Event(Happening.WAITING, action, told, "", elapsed, USUALLY))
                self.pause(interval(tries))
                tries += 1

    def _resolve_found(self, answer: Mapping[str, Any], ref: Ref) -> Any:
        return jmespath.search(ref.path, answer) if ref == found(ref.path) else self.resolve(ref)

    def wait(self, action: str, wait: Wait) -> dict[str, Any]:
        """Wait until something has taken effect, reporting each look; the last answer. Raises CloudError or Stopped."""
        began, tries = self.clock.now(), 0
        poll = wait.poll.fill(self.resolve)
        while True:
            elapsed = self.clock.now() - began
            answer = self._poll(poll, wait, elapsed)
            if answer is None or jmespath.search(self.text(wait.ready), answer):
                return answer or {}
            now = self._now(wait, answer)
            if wait.silence and not now and elapsed > wait.silence:
                return answer
            if wait.failed and jmespath.search(self.text(wait.failed), answer):
                raise CloudError(f"{wait.sentence}: AWS says it is {now or 'failed'}.", "It will not become ready.")
            if elapsed > wait.limit:
                minutes = round(wait.limit / 60)
                remedy = "Resume to go on waiting, or undo."
                raise CloudError(f"{wait.sentence}: not ready after {minutes} minutes ({now}).", "", remedy)
            self.report(Event(Happening.WAITING, action, wait.sentence, now, elapsed, wait.typical))
            self.pause(interval(tries))
            tries += 1

    def _now(self, wait: Wait, answer: dict[str, Any]) -> str:
        """The state's own word, as far as it can be read."""
        if wait.watch:
            with suppress(CloudError):
                answer = self.cloud.make(wait.watch.fill(self.resolve))
        return str(jmespath.search(self.text(wait.now), answer) or "") if wait.now else ""

    def _poll(self, poll: Call, wait: Wait, elapsed: float) -> dict[str, Any] | None:
        """The answer, None if the thing is gone and should be; {} while AWS's copies are not in step."""
        try:
            return self.cloud.make(poll)
        except CloudError as problem:
            if matches(problem, wait.gone):
                return None
            unknown = any(word in problem.aws_code for word in ("NotFound", "DoesNotExist"))
            if unknown and not wait.gone and elapsed < FRESH:
                return {}
            raise


class Document:
    """The document that an `Entry` is a part of, as it stood when it was first asked about; it is read once.

    AWS keeps some as JSON text and others as they are; what is written has the form of what was read.
    """

    def __init__(self, carrier: Carrier, entry: Entry) -> None:
        self.carrier, self.entry = carrier, entry

    def ours(self) -> dict[str, Any] | None:
        """The entry as it stands there; None if it does not."""
        if not self.entry.key:
            switch: dict[str, Any] | None = self._standing.get(self.entry.within)
            return switch
        return next((each for each in self._entries() if self._is_ours(each)), None)

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
        try:
            return self.carrier.look(self.entry.read, self.entry.path)
        except CloudError as problem:
            if matches(problem, self.entry.absent):
                return None
            raise

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
        if isinstance(self._read, Mapping):
            return {name: each for name, each in whole.items() if each != []}
        text = json.dumps(whole, separators=(",", ":"))
        if len(text.encode()) > self.entry.limit:
            what = f"{self.entry.read.name.removeprefix('Get')} would have {len(text.encode())} bytes."
            remedy = "Remove what is no longer needed from it first."
            raise CloudError(what, f"AWS takes at most {self.entry.limit}.", remedy)
        return text


def streamed(work: Callable[[], None], events: queue.SimpleQueue[Event]) -> Iterator[Event]:
    """The events of `work` as they come; raises what it raised."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(work)
        future.add_done_callback(lambda _: events.put(_END))
        while (event := events.get()) is not _END:
            yield event
        future.result()


_END = Event(Happening.DONE, "", "")


def matches(problem: CloudError, codes: Iterable[str]) -> bool:
    """Whether AWS's refusal is one of `codes`, each `Code` or `Code: part of the message`."""
    for entry in codes:
        code, _, part = entry.partition(": ")
        if problem.aws_code == code and part.lower() in problem.aws_message.lower():
            return True
    return False


def interval(tries: int) -> int:
    return POLLS[min(tries, len(POLLS) - 1)]
