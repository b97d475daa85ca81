"""What will be done to the account: a graph of calls, each with how to know it worked and how to take it back.

A plan is data. The very same `Call` is shown for review, printed as an `aws` command, turned into a
permission, checked against botocore's model by the tests, sent, journalled and undone. Nothing about a plan
may be written down twice.

Values that are not known yet stand in it as `Ref`s: `Ref("gateway", "VpnGateway.VpnGatewayId")` is what the
answer to the action "gateway" will hold at that JMESPath.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from .problems import FlowMistake


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that is known only once `action` has run: JMESPath `path` into the answer to its call."""

    action: str
    path: str


RUN = Ref("handrail", "run")
"""The id of the run that carries the plan out."""

FLOW = Ref("handrail", "flow")
"""The name of the set-up."""

FOUND = "@found"


TOKEN = Ref("handrail", "token")
"""The same, letters and digits only, for the tokens by which AWS knows a repeated request."""


def secret(name: str) -> Ref:
    """The value of one of the plan's `Secret`s: known while the plan runs, and kept nowhere."""
    return Ref("handrail", f"secret:{name}")


def before(action: str) -> Ref:
    """What a `Restore` found before `action` changed it."""
    return Ref(action, "@before")


def seen(action: str, path: str) -> Ref:
    """What the wait of `action` saw when it was over: JMESPath `path` into that last answer."""
    return Ref(action, f"@seen:{path}")


def found(path: str) -> Ref:
    """In the call of an `Action` or an `Undo` with a `read`, or the `proof` of a `Find`: JMESPath `path` into what was
    just read."""
    return Ref(FOUND, path)


def edited(action: str) -> Ref:
    """In the call of an action with an `Entry`: the document as it stands, with the entry in it."""
    return Ref(action, "@edited")


@dataclass(frozen=True, slots=True)
class Join:
    """Text with `Ref`s inside, for example a description that names the run."""

    parts: tuple[str | Ref, ...]


Late = str | Ref | Join
"""Text that may be known only once the plan runs."""


def join(*parts: Late) -> Join:
    """Texts put together, with whatever is late in them."""
    return Join(tuple(piece for part in parts for piece in (part.parts if isinstance(part, Join) else (part,))))


Resolve = Callable[[Ref], Any]


def fill(value: Any, resolve: Resolve) -> Any:
    """`value` with every `Ref` in it replaced by what `resolve` says."""
    match value:
        case Ref():
            return resolve(value)
        case Join(parts):
            return "".join(str(fill(part, resolve)) for part in parts)
        case Mapping():
            return {key: fill(item, resolve) for key, item in value.items()}
        case list() | tuple():
            return [fill(item, resolve) for item in value]
        case _:
            return value


def refs(value: Any) -> Iterator[Ref]:
    """Every `Ref` anywhere inside `value`, a plan's parts included."""
    match value:
        case None | str() | int():  # most of what there is
            pass
        case Ref():
            yield value
        case Mapping():
            for item in value.values():
                yield from refs(item)
        case list() | tuple():
            for item in value:
                yield from refs(item)
        case _ if is_dataclass(value):
            for part in fields(value):
                yield from refs(getattr(value, part.name))
        case _:
            pass


@dataclass(frozen=True)
class Call:
    """One API call: `Call("ec2.CreateVpnGateway", {"Type": "ipsec.1"})`, some values still `Ref`s.

    `region` is only for what must be elsewhere than the rest, such as a certificate for CloudFront; `profile` only for
    what is done in another account: the AWS profile it is made with. `known` is what is known besides its parameters,
    or of those that are still `Ref`s, as patterns by the JMESPath to them: the permissions follow from it.
    """

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    region: str = ""
    profile: str = ""
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def service(self) -> str:
        return self.operation.partition(".")[0]

    @property
    def name(self) -> str:
        return self.operation.partition(".")[2]

    def fill(self, resolve: Resolve) -> Call:
        return Call(self.operation, fill(self.params, resolve), self.region, self.profile)


@dataclass(frozen=True)
class Wait:
    """Ask `poll` again and again until `ready` holds.

    Args:
        poll: the reading call.
        ready: JMESPath into its answer; true when the thing is there.
        sentence: what is being waited for, for the person who watches.
        failed: JMESPath; true when it can never become ready.
        now: JMESPath to the state's own word, shown while waiting.
        gone: error codes of `poll` that mean "ready", for waits on a deletion.
        typical: seconds it usually takes.
        limit: seconds after which to give up.
        watch: a further reading call, into whose answer `now` looks; into that of `poll` where it cannot be made.
        silence: seconds after which it is over when AWS tells no state at all; 0 is never.
    """

    poll: Call
    ready: Late
    sentence: str
    failed: Late = ""
    now: Late = ""
    gone: tuple[str, ...] = ()
    typical: int = 10
    limit: int = 600
    watch: Call | None = None
    silence: int = 0

    def calls(self) -> Iterator[tuple[Call, None]]:
        yield self.poll, None
        if self.watch:
            yield self.watch, None


@dataclass(frozen=True)
class Find:
    """How to recognise, after a crash, that a call did happen: its effect must be provably this run's.

    `shape` is a JMESPath from the answer of `look` to what the lost answer would have been, or null. Where AWS lists
    things without their tags, `proof` asks about the one that was found, with `found(path)` from it in its parameters,
    and the JMESPath `ours` must be true of the answer. Where the listing tells nothing of them, `shape` may be a list
    of candidates, each of which is asked about. `absent` are error codes of `look` that mean that there is nothing.

    Where `proof` says that there is nothing by which to know it, as an emulator does that has not taken the tags of the
    call, `bare` is asked: it is this run's if the JMESPath `untouched` is true of that answer, and `made`, a JMESPath
    into what was found, is a time not before the call.
    """

    look: Call
    shape: Late
    proof: Call | None = None
    ours: Late = ""
    absent: tuple[str, ...] = ()
    bare: Call | None = None
    untouched: Late = ""
    made: Late = ""


@dataclass(frozen=True)
class Still:
    """A condition for taking something back: it is still as this run left it.

    `path` into the answer of `look` gives null when the thing is gone, `equals` when it is still ours, and
    anything else when somebody changed it since; then it is left alone and `otherwise` says so. `absent` are
    error codes of `look` that mean that what might stand in the way is gone itself, `changed` those that mean that
    somebody changed it. `since` is the id of an action that must have run for there to be anything to look at. What is
    looked at `ahead`, too, before the first call of an undo, is what more of the run stays with.
    """

    look: Call
    path: Late
    equals: Late
    otherwise: str
    absent: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    since: str = ""
    ahead: bool = False


@dataclass(frozen=True)
class Others:
    """What others may have put into something of this run, or made lean on it.

    It is looked for before the first call of an undo, and once more before the thing itself is taken back. Where there
    is something, the thing is left with all that it needs, unless somebody decides otherwise.

    Args:
        look: the reading call; every page of its answer is looked at.
        path: JMESPath to a list of what is theirs: each an id, or a list of an id and more by which it is known. What
            this run is known to have made itself is passed over.
        what: what they are and do, before their names: "VPN connections of others use it".
        key: the decision that lets it go all the same: `others`, or `files` for what people put into a bucket.
            Empty: nobody is asked, as for a protection that somebody switched on.
        remove: takes one of theirs away once that was decided, with its id as `found("id")`, and what stands in its
            list as `found("[1]")`; needed where AWS keeps ours as long as theirs is there, or theirs leads nowhere
            without it.
        absent: error codes of `look` that mean that there is nothing.
        each: asks about each of them, with its id as `found("id")`, where `look` lists only what might be meant.
        leans: JMESPath into that answer, true of one that is meant.
    """

    look: Call
    path: Late
    what: str
    key: str = "others"
    remove: Call | None = None
    absent: tuple[str, ...] = ()
    each: Call | None = None
    leans: Late = ""


@dataclass(frozen=True)
class Settings:
    """What somebody may change in a thing that this run made: JMESPath `path` into the answer of `look`.

    Noted as a fingerprint once the thing is ready, and compared before it is taken back. What changes by itself, such
    as a state or a time, must not be in it. Null is a thing that is gone, which is no change of it.
    """

    look: Call
    path: Late


@dataclass(frozen=True)
class Kept:
    """What an undo leaves behind on purpose, for the receipt: `why`, and what it goes on costing.

    `find` looks whether it is there, for a call whose answer never came.
    """

    what: Late
    why: str
    costs: str = ""
    find: Find | None = None


@dataclass(frozen=True)
class Undo:
    """One call that takes something back.

    `gone` are error codes that mean there is nothing left to take back, `repeated` those by which AWS says, once an
    answer got lost, that its call had arrived, `not_yet` those that mean "ask again in a moment" (written `Code` or
    `Code: part of the message`). `when` names a `Decision` and the value for which this call is made. `read` is
    made just before the call, whose parameters take `found(path)` from its answer: a version that must be named, or
    a configuration of which one thing changes. `kept` is what this call leaves behind on purpose, such as a last
    snapshot. While the JMESPath `more` is true of what was read, both are made again, as for a bucket that is
    emptied a thousand files at a time. `what` names what this call takes back where it is a thing of its own, such
    as one record of several: what becomes of it is told, and is nothing to the other calls. What `unless` finds
    makes this call needless, and nothing is told of it. Where AWS took this call in an earlier undo, and the
    JMESPath `reversed` is true of what is read now, somebody took that back: the thing is theirs.
    """

    call: Call
    wait: Wait | None = None
    gone: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    still: Still | None = None
    when: tuple[str, str] | None = None
    read: Call | None = None
    kept: Kept | None = None
    more: str = ""
    what: Late = ""
    unless: Find | None = None
    reversed: str = ""
    repeated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What only a person can decide before something is taken back, such as keeping a last snapshot.

    Args:
        key: what `handrail undo --set KEY=VALUE` calls it.
        ask: the question.
        options: each value with what it means.
        default: what a person is offered first; a script must say it.
    """

    key: str
    ask: str
    options: Mapping[str, str]
    default: str = ""


@dataclass(frozen=True)
class Restore:
    """Put back what an action changed: read before, compare after, written back only if nobody touched it.

    Args:
        read: the call that reads the setting.
        path: JMESPath to it in the answer.
        put: the call that writes it back; `before(action)` in its parameters is the former value.
        remove: the call for when there was no former value.
        absent: error codes of `read` that mean there is no value.
        kept: what it brought about and no call takes back, such as what browsers remember.
    """

    read: Call
    path: Late
    put: Call
    remove: Call | None = None
    absent: tuple[str, ...] = ()
    kept: Kept | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of ours in a document that belongs to others too, such as a statement in a policy.

    It is written into what stands there at that moment, and taken out of what stands there then. So neither
    overwrites what others did in between, and nothing of theirs is kept anywhere. The action's own call writes
    the document: `edited(action)` in its parameters. A document that AWS reads and writes as JSON text is edited
    as text; one that it answers with as it is, such as the notifications of a bucket, as such.

    Args:
        read: the call that reads the document.
        path: JMESPath to its text, or to the document itself; members that are null are not there.
        entry: what is added; replaces one with the same `key`.
        remove: the call for when nothing is left in it; without one the document is written even when empty.
        absent: error codes of `read` that mean that there is no document.
        empty: what a new document looks like.
        within: the name of the list in the document.
        key: what tells an entry from the others; nobody else may use its value. Empty: the entry is all that `within`
            holds, a switch that is there or not. One that was there before is never taken out.
        limit: bytes that the document may have.
        put: the call that writes it when the entry is taken out; the action's own if left out.
        gone: error codes of `read` that mean, when it is taken out, that it went with all that it was part of.
    """

    read: Call
    path: str
    entry: Mapping[str, Any]
    remove: Call | None = None
    absent: tuple[str, ...] = ()
    empty: Mapping[str, Any] = field(default_factory=lambda: {"Version": "2012-10-17"})
    within: str = "Statement"
    key: str = "Sid"
    limit: int = 20480
    put: Call | None = None
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cost:
    """What something costs while it exists. USD, without tax; `as_of` and `source` say how fresh that is."""

    what: str
    usd_per_hour: Decimal
    as_of: str
    source: str
    note: str = ""

    @property
    def usd_per_month(self) -> Decimal:
        """At AWS's own 730 hours a month."""
        return self.usd_per_hour * 730


@dataclass(frozen=True)
class Action:
    """One thing the plan does.

    Args:
        id: unique in the plan; other actions refer to it.
        sentence: what it does, in plain words.
        call: the call that does it.
        wait: when it has really taken effect.
        undo: calls that take it back, in order; or how to restore what it changed; or the entry it added.
        find: how to recognise it after a crash. Without one, repeating the call must be harmless.
        after: ids of actions to wait for beyond those it refers to.
        not_yet: error codes that mean "repeat in a moment" (`Code` or `Code: part of the message`).
        exists: error codes that mean it was there already: it is left alone, now and at undo.
        type: what it creates, as CloudFormation names it; empty for a mere setting.
        resource: the id of what it creates.
        costs: what that costs while it exists.
        undone: what the receipt says about taking it back.
        refusals: AWS's error codes for the call, in plain words; AWS's own words are shown beside them.
        relieves: the id of an action that must not last, such as stopping a server. However applying ends, this
            action's call is made then; it must be one that may be repeated.
        gives_up: the id of an action whose thing this one takes away again: that it is gone is the run's own doing.
        read: made just before the call, whose parameters take `found(path)` from its answer: a document that AWS takes
            only as a whole, of which one thing changes.
        others: what others may have put into it or made lean on it.
        settings: what of it somebody may change; then it is theirs too.
        part_of: ids of actions whose things would not work as they do without this: it stays as long as they do.
        copies: ids of actions from which it took no more than a value: what it made stands without their things.
        unless: what is looked for just before the call, where AWS takes a repeated one without a word: if it is there,
            it was there before. After a lost answer it is left for a person to look at, unless `find` proves it.
        taken: what is said then, where nothing can go on with what was there before.
        of_new: the id of the action that makes what this one sets something of: if that was there before, nothing is.
    """

    id: str
    sentence: str
    call: Call
    wait: Wait | None = None
    undo: tuple[Undo, ...] | Restore | Entry = ()
    find: Find | None = None
    after: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    exists: tuple[str, ...] = ()
    type: str = ""
    resource: Late = ""
    costs: tuple[Cost, ...] = ()
    undone: str = ""
    refusals: Mapping[str, str] = field(default_factory=dict)
    relieves: str = ""
    gives_up: str = ""
    read: Call | None = None
    others: tuple[Others, ...] = ()
    settings: Settings | None = None
    part_of: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    unless: Find | None = None
    taken: str = ""
    of_new: str = ""

    def __getitem__(self, path: str) -> Ref:
        return Ref(self.id, path)

    def calls(self) -> Iterator[tuple[Call, Call | None]]:
        """Every call that carrying it out, watching, recognising and undoing it may make, but for taking away what is
        others'; each with the one whose answer `found` in its parameters means."""
        if self.read:
            yield self.read, None
        yield self.call, self.read
        if self.wait:
            yield from self.wait.calls()
        for find in filter(None, (self.find, self.unless)):
            yield find.look, None
            yield from ((call, find.look) for call in (find.proof, find.bare) if call)
        for others in self.others:
            yield others.look, None
            if others.each:
                yield others.each, others.look
        if self.settings:
            yield self.settings.look, None
        if isinstance(self.undo, Restore | Entry):
            yield self.undo.read, None
            yield from ((call, self.undo.read) for call in (self.undo.put, self.undo.remove) if call)
            return
        for step in self.undo:
            if step.read:
                yield step.read, None
            yield step.call, step.read
            if step.wait:
                yield from step.wait.calls()
            if step.still:
                yield step.still.look, None
            if step.unless:
                yield step.unless.look, None
            if step.kept and step.kept.find:
                yield step.kept.find.look, None

    @cached_property
    def needs(self) -> frozenset[str]:
        """The ids of the actions that must have run before this one."""
        added = self.undo if isinstance(self.undo, Entry) else None
        mentioned = {ref.action for ref in refs((self.call, self.read, self.wait, self.find, self.unless, added))}
        return frozenset(mentioned.union(self.after, {self.of_new}) - {self.id, RUN.action, FOUND, ""})

    @property
    def stands_on(self) -> frozenset[str]:
        """The ids of the actions whose things must stay as long as what this one made."""
        return self.needs - set(self.copies)


@dataclass(frozen=True)
class Use:
    """Something that exists already and is used as it is; undo never touches it."""

    id: str
    sentence: str
    type: str
    resource: str


@dataclass(frozen=True)
class Secret:
    """A random value that Handrail makes up and only AWS keeps.

    It is generated when first needed. Once `kept_by` is done, AWS has it, and after a crash it is read back
    from there instead: `path` into the answer of `look`.

    Args:
        name: what `secret(name)` refers to.
        kept_by: the id of the action that hands it to AWS.
        look: the call that reads it back.
        path: JMESPath to it.
        characters: its length; letters and digits.
    """

    name: str
    kept_by: str
    look: Call
    path: Late
    characters: int = 40


@dataclass(frozen=True)
class Plan:
    """Everything a set-up will do, in an order in which it could be done one by one.

    Args:
        actions: what is done.
        uses: what was found and is used.
        outputs: what a person or a script wants to know afterwards, by name.
        facts: what the hand-over needs to know of the answers; plain JSON.
        reads: calls the hand-over will make afterwards; they count for the permissions.
        secrets: random values that only AWS keeps.
        decisions: what must be decided before it is taken back.
        accounts: the number of the account that each profile of its calls led to when it was confirmed.
    """

    actions: tuple[Action, ...]
    uses: tuple[Use, ...] = ()
    outputs: Mapping[str, Late] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[Call, ...] = ()
    secrets: tuple[Secret, ...] = ()
    decisions: tuple[Decision, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {RUN.action}
        for action in self.actions:
            if action.id in known:
                raise FlowMistake(f"Two actions are called {action.id!r}.")
            if unknown := action.needs - known:
                raise FlowMistake(f"{action.id!r} needs {sorted(unknown)}, which has not run by then.")
            if not action.find and any(r.action == action.id and not r.path.startswith("@") for r in refs(action.undo)):
                raise FlowMistake(f"After a crash {action.id!r} could not be taken back: it has no `find`.")
            known.add(action.id)

    @classmethod
    def of(cls, things: Iterable[Action | Use], **rest: Any) -> Plan:
        """A plan of what is done and what is used, sorted apart."""
        things = tuple(things)
        return cls(
            tuple(thing for thing in things if isinstance(thing, Action)),
            tuple(thing for thing in things if isinstance(thing, Use)),
            **rest,
        )

    def paths_into(self, action_id: str) -> set[str]:
        """The parts of this action's answer that anything later needs: all that the journal may keep of it."""
        return {path for path in self._mentioned[action_id] if not path.startswith("@")}

    def seen_in_wait(self, action_id: str) -> set[str]:
        """The parts of the last answer of this action's wait that anything later needs."""
        return {path.removeprefix("@seen:") for path in self._mentioned[action_id] if path.startswith("@seen:")}

    @cached_property
    def _mentioned(self) -> Mapping[str, set[str]]:
        """Which parts of which action's answer are mentioned anywhere."""
        mentioned: dict[str, set[str]] = {action.id: set() for action in self.actions}
        for ref in refs((self.actions, self.outputs, self.secrets)):
            mentioned.setdefault(ref.action, set()).add(ref.path)
        return mentioned

    def calls(self) -> Iterator[Call]:
        """Every call that carrying out, watching, recognising, undoing and handing over may make."""
        for action in self.actions:
            yield from (call for call, _ in action.calls())
            yield from (others.remove for others in action.others if others.remove)
        yield from (kept.look for kept in self.secrets)
        yield from self.reads

    @property
    def costs(self) -> tuple[Cost, ...]:
        return tuple(cost for action in self.actions for cost in action.costs)
