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
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import partial
from typing import Any, TypeVar

from .actions import Action
from .by_hand import told
from .calls import Call, Find, Wait
from .clock import Clock
from .cloud import Cloud
from .documents import Document
from .events import Event, Happening
from .expressions import part
from .journal import Run
from .problems import CloudError, Denied, Incomplete, Lost, NoSuchCall, Problem
from .references import FOUND, IF_THERE, RUN, Changed, Late, Ref, before, edited, fill
from .refusals import matches, no_such_thing, refused_part
from .secret_text import GIVEN, Hidden

NOT_YET_LIMIT = 300
"""Seconds for which "not yet" is believed (terraform-provider-aws gives VPN gateways 5 minutes too)."""
USUALLY = 15
"""Seconds after which a "not yet" is mostly over."""
FRESH = 60
"""Seconds for which "not found", nothing or the old state may only mean that AWS's copies are not in step yet."""
SKEW = timedelta(minutes=15)
"""By how much this machine's clock may be wrong: AWS takes no more (IAM User Guide, "Signature Version 4", 2026-10)."""
POLLS = (1, 1, 2, 3, 5, 5, 10)
"""Seconds between one look and the next; the last one repeats."""


T = TypeVar("T")
LETTERS = string.ascii_letters + string.digits


class Stopped(Problem):
    """The person asked to stop; what was sent is journalled."""

    code = "stopped"
    exit_code = 130


class Sent(Enum):
    """What becomes of a call: it is about to be sent, AWS did nothing, or it answered."""

    BEGUN = auto()
    REFUSED = auto()
    ANSWERED = auto()


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
        secrets: answers that are sent and kept nowhere, by the keys of their questions.
    """

    run: Run
    cloud: Cloud
    report: Callable[[Event], None]
    stop: threading.Event
    clock: Clock
    decisions: Mapping[str, str] = field(default_factory=dict)
    patience: float = NOT_YET_LIMIT
    secrets: Mapping[str, Hidden] = field(default_factory=dict)
    _opened: datetime = field(default_factory=lambda: datetime.now(UTC), repr=False)
    _noticed: dict[str, float] = field(default_factory=dict, repr=False)
    _made_up: dict[str, str] = field(default_factory=dict, repr=False)
    _replaced: dict[str, float] = field(default_factory=dict, repr=False)
    """Documents as they stood when they were replaced here, and when that was."""
    _making_up: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __post_init__(self) -> None:
        self._began = self.clock.now()

    def resolve(self, ref: Ref) -> Any:
        """What a reference stands for by now.

        Raises KeyError if it is not known yet, CloudError if AWS's answer did not have it.
        """
        if ref.action == RUN.action and ref.path.startswith("secret:"):
            with self._making_up:
                return self._secret(ref.path.removeprefix("secret:"))
        if ref == edited(ref.action):
            return Document(self, self._action(ref.action)).with_entry()
        value = self.run.resolve(ref)
        if value is None and ref != before(ref.action):
            raise _lacking(self._action(ref.action).call, ref.path.removeprefix("@seen:"))
        return value

    def _action(self, id: str) -> Action:
        plan = self.run.plan
        assert plan is not None, "only a confirmed run is carried out"
        return next(each for each in plan.actions if each.id == id)

    def notice(self, action: str) -> None:
        """From now on AWS may know what this action did, or not yet."""
        self._noticed[action] = self.clock.now()

    def age(self, action: str, kind: str = "done") -> float:
        """Seconds since this was noted for an action; for ever if it never was, and for what is begun only now none."""
        if action in self._noticed:
            return self.clock.now() - self._noticed[action]
        noted = self.run.when(action, kind) or self.run.when(action, "ready")
        passed = self.clock.now() - self._began
        # a clock that went ahead when it was noted and is right again makes nothing younger than new
        return max((self._opened - noted).total_seconds(), 0) + passed if noted else float("inf")

    def lately(self, actions: Iterable[str]) -> bool:
        """Whether one of these was done so shortly ago that AWS may not know of it everywhere."""
        return any(self.age(action) < FRESH for action in actions)

    def _secret(self, name: str) -> str:
        if name not in self._made_up:
            plan = self.run.plan
            assert plan is not None, "only a confirmed run has secrets"
            secret = next(secret for secret in plan.secrets if secret.name == name)
            if self.run.status(secret.kept_by) in ("done", "ready"):
                self._made_up[name] = str(self.look(secret.look, secret.path))
            elif secret.answer:
                self._made_up[name] = self.secrets[secret.answer].reveal()
            else:
                self._made_up[name] = "".join(secrets.choice(LETTERS) for _ in range(secret.characters))
        return self._made_up[name]

    def _censor(self, problem: Problem) -> None:
        """AWS's words, and those of the libraries, may repeat what was sent."""
        for secret in {*self._made_up.values()}:
            for name in ("what", "why", "remedy", "aws_message", "suggestion"):
                if secret in (said := getattr(problem, name, "")):
                    setattr(problem, name, said.replace(secret, GIVEN))
        problem.args = (problem.what,)

    def forget_secrets(self) -> None:
        """What was made up here never reached AWS: read what did."""
        self._made_up.clear()

    def text(self, value: Late) -> str:
        return str(fill(value, self.resolve))

    def look(self, call: Call, path: Late, *, seen: bool = False) -> Any:
        """The part at JMESPath `path` of the answer to a reading call; where it was just `seen`, of that."""
        ask = getattr(self.cloud, "again", self.cloud.make) if seen else self.cloud.make
        return part(self.text(path), ask(call.fill(self.resolve)))

    def believed(self, look: Callable[[], T], doubtful: Callable[[T], bool], actions: Iterable[str]) -> T:
        """What `look` gives. While it is `doubtful`, or not there, and one of `actions` was done lately, it is looked
        again: AWS may not know yet."""
        began, tries = self.clock.now(), 0
        while True:
            fresh = self.lately(actions)
            try:
                if not doubtful(seen := look()) or not fresh:
                    return seen
            except CloudError as problem:
                if not no_such_thing(problem) or not fresh:
                    raise
            elapsed = self.clock.now() - began
            told = "AWS may not know of it everywhere yet; it is asked again"
            self.report(Event(Happening.WAITING, min(actions), told, "", elapsed, USUALLY))
            self.pause(interval(tries))
            tries += 1

    def search(self, find: Find, since: datetime | None = None, *, benefit: bool = False) -> Any:
        """What `find` recognises, on whichever page it is; None if it is on none, or not provably ours.

        `since` is when the call was about to be sent. Who gives the `benefit` of the doubt takes for ours what nobody
        can or may prove.
        """
        shape = self.text(find.shape)
        for page in self._pages(find):
            there = part(shape, page)
            if there is None:
                continue
            if find.proof is None:
                return there
            several = isinstance(there, list)
            for each in there if several else [there]:
                if self._proved(find, find.proof, each, several, since, benefit):
                    return each
        return None

    def _pages(self, find: Find) -> Iterator[dict[str, Any]]:
        try:
            yield from self.cloud.pages(find.look.fill(self.resolve))
        except CloudError as problem:
            if not matches(problem, find.absent) and not no_such_thing(problem):
                raise

    def _proved(self, find: Find, proof: Call, each: Any, several: bool, since: datetime | None, benefit: bool) -> bool:
        try:
            about = self.cloud.make(proof.fill(partial(self._resolve_found, find.look, each)))
        except NoSuchCall:  # an emulator, in which nothing can be proved then
            return benefit
        except Denied:
            if not several:
                raise
            return benefit  # somebody else's: what this run made, it may look at
        except CloudError as problem:
            if not isinstance(problem, _Incomplete) and not no_such_thing(problem):
                raise
            return since is not None and self._untouched(find, each, since - SKEW)
        return bool(part(self.text(find.ours), about))

    def _untouched(self, find: Find, each: Any, since: datetime) -> bool:
        """Whether it was made since then, and nobody has put anything into it."""
        made = part(self.text(find.made), each) if find.bare else None
        if find.bare is None or not isinstance(made, datetime) or made < since:
            return False
        try:
            inside = self.cloud.make(find.bare.fill(self.resolve))
        except CloudError as problem:
            if not no_such_thing(problem):
                raise
            return False  # AWS does not know of it everywhere yet
        return bool(part(self.text(find.untouched), inside))

    def pause(self, seconds: float) -> None:
        """Wait, unless asked to stop. Raises Stopped."""
        self.clock.sleep(seconds, self.stop)
        self.check()

    def check(self) -> None:
        if self.stop.is_set():
            raise Stopped("Stopped as you asked.", "What was sent is written down.")

    def send(
        self,
        call: Call,
        not_yet: Iterable[str],
        read: Call | None = None,
        more: str = "",
        *,
        action: str,
        rests_on: Iterable[str] = (),
        noted: Callable[[Sent], None] = lambda _: None,
    ) -> dict[str, Any]:
        """Send a changing call of `action`, again and again while AWS says "not yet". Raises CloudError.

        `read` is made before each attempt; `found` in the call refers to its answer. A document that is put
        whole is never put from what stood there before this run put it last: that would take its own change
        back. While `more` is true of that, there is more to send. What was done lately by the actions that it
        `rests_on` may not be known everywhere. `noted` is told of each time that it is sent, and how that
        ended; of nothing where the answer never came.
        """

        whole = any(isinstance(each, Changed) for each in call.params.values())

        def attempt() -> tuple[dict[str, Any], bool]:
            answer = self.cloud.make(read.fill(self.resolve)) if read else {}
            if read and whole and self.clock.now() - self._replaced.get(_as_text(read, answer), -FRESH) < FRESH:
                raise _Old(f"AWS still answers {read.operation} with what stood there before.")
            filled = call.fill(partial(self._resolve_found, read, answer) if read else self.resolve)
            noted(Sent.BEGUN)
            try:
                reply = self.cloud.make(filled)
            except Problem as problem:
                self._censor(problem)
                if not isinstance(problem, Lost):
                    noted(Sent.REFUSED)
                if read and type(problem) is CloudError and not problem.aws_code:  # it could not even be sent
                    raise _Incomplete(problem.what, problem.why, problem.remedy) from None
                raise
            if refused := refused_part(call, reply):
                raise refused
            noted(Sent.ANSWERED)
            if read and whole:
                self._replaced[_as_text(read, answer)] = self.clock.now()
            return reply, bool(more and part(more, answer))

        while True:
            reply, again = self.patiently(attempt, not_yet, action, rests_on)
            if not again:
                return reply

    def patiently(
        self, attempt: Callable[[], T], not_yet: Iterable[str], action: str, rests_on: Iterable[str] = ()
    ) -> T:
        """What `attempt` gives, made again and again while AWS says "not yet", or does not know yet what was done
        lately by the actions that it `rests_on`, or tells what was replaced just now. Each time is reported."""
        began, tries = self.clock.now(), 0
        while True:
            self.check()
            try:
                return attempt()
            except CloudError as problem:
                elapsed = self.clock.now() - began
                unknown = (isinstance(problem, _Incomplete) or no_such_thing(problem)) and self.lately(rests_on)
                unknown = unknown or isinstance(problem, _Old)
                if not unknown and (not matches(problem, not_yet) or elapsed > self.patience):
                    raise
                code = f" ({problem.aws_code})" if problem.aws_code else ""
                told = f"AWS is not ready for it yet{code}; it is asked again"
                self.report(Event(Happening.WAITING, action, told, "", elapsed, USUALLY))
                self.pause(interval(tries))
                tries += 1

    def _resolve_found(self, read: Call, answer: Mapping[str, Any], ref: Ref) -> Any:
        if ref.action != FOUND:
            return self.resolve(ref)
        value = part(ref.path.removeprefix(IF_THERE), answer)
        if value is None and not ref.path.startswith(IF_THERE):
            raise _lacking(read, ref.path)
        return value

    def wait(self, action: str, wait: Wait, seen: Iterable[str] = ()) -> dict[str, Any]:
        """Wait until something has taken effect, reporting each look; the last answer. Raises CloudError or Stopped.

        `seen` are JMESPaths to what must stand in that answer, too: AWS may tell of a thing before it tells all of it.
        """
        began, tries = self.clock.now(), 0
        poll = wait.poll.fill(self.resolve)
        while True:
            elapsed = self.clock.now() - began
            answer = self._poll(poll, wait, elapsed)
            if answer is None:
                return {}
            now = ""
            if answer is not NOT_KNOWN:
                whole = elapsed > FRESH or all(part(path, answer) is not None for path in seen)
                if whole and part(self.text(wait.ready), answer):
                    return answer
                now = self._now(wait, answer)
                if wait.failed and part(self.text(wait.failed), answer):
                    raise CloudError(f"{wait.sentence}: AWS says it is {now or 'failed'}.", "It will not become ready.")
            if wait.silence and not now and elapsed > wait.silence:
                return answer
            if elapsed > wait.limit:
                minutes = round(wait.limit / 60)
                back = self.run.record.status == "undoing"
                remedy = "Undo again to go on waiting." if back else "Resume to go on waiting, or undo."
                raise CloudError(f"{wait.sentence}: not ready after {minutes} minutes ({now}).", "", remedy)
            by_hand = told(self._action(action), self.run)
            self.report(Event(Happening.WAITING, action, wait.sentence, now, elapsed, wait.typical, by_hand=by_hand))
            self.pause(interval(tries))
            tries += 1

    def _now(self, wait: Wait, answer: dict[str, Any]) -> str:
        """The state's own word, as far as it can be read."""
        if wait.watch:
            with suppress(CloudError):
                answer = self.cloud.make(wait.watch.fill(self.resolve))
        return str(part(self.text(wait.now), answer) or "") if wait.now else ""

    def _poll(self, poll: Call, wait: Wait, elapsed: float) -> dict[str, Any] | None:
        """The answer, None if the thing is gone and should be; NOT_KNOWN while AWS's copies are not in step."""
        try:
            return self.cloud.make(poll)
        except CloudError as problem:
            if matches(problem, wait.gone) or (wait.gone and no_such_thing(problem)):
                return None
            if no_such_thing(problem) and elapsed < FRESH:
                return NOT_KNOWN
            raise


class _Incomplete(Incomplete):
    """AWS's answer lacks what is needed: it may not know all of the thing yet."""


class _Old(CloudError):
    """AWS tells what was replaced a moment ago: its copies are not in step yet."""


def _as_text(read: Call, answer: Mapping[str, Any]) -> str:
    """What a reading call answers, so that the same answer can be told again."""
    bare = {name: each for name, each in answer.items() if name != "ResponseMetadata"}
    return f"{read.operation} {json.dumps(bare, sort_keys=True, default=str)}"


def _lacking(call: Call, path: str) -> CloudError:
    remedy = "Resume to ask once more, or undo."
    return _Incomplete(f"AWS's answer to {call.operation} has no {path}.", "It is needed for this step.", remedy)


def streamed(work: Callable[[], None], events: queue.SimpleQueue[Event]) -> Iterator[Event]:
    """The events of `work` as they come; raises what it raised."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(work)
        future.add_done_callback(lambda _: events.put(_END))
        while (event := events.get()) is not _END:
            yield event
        future.result()


NOT_KNOWN: dict[str, Any] = {}
"""What stands for an answer while AWS does not know of the thing yet."""
_END = Event(Happening.DONE, "", "")


def interval(tries: int) -> int:
    return POLLS[min(tries, len(POLLS) - 1)]
