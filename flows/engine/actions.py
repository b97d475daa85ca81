"""One thing that a plan does: its call, and all there is to know about it before, while and after it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import cached_property

from .calls import Call, Find, Wait
from .references import FOUND, RUN, Late, Ref, refs
from .undo_plan import Entry, Others, Restore, Settings, Still, Undo

MANY = 100
"""USD from which on cents are not told."""


@dataclass(frozen=True)
class Cost:
    """What something costs while it exists. USD, without tax; `as_of` and `source` say how fresh that is.

    Args:
        what: what is paid for.
        usd_per_hour: 0 where it is billed by use, of which `note` tells more.
        counts: when it counts: "always", or where it costs more or less by its load, in the "least" or in the "most" of
            the sum, or in "neither"; "unknown" where Handrail knows no price.
        times: how many there are of it, each at that price.
    """

    what: str
    usd_per_hour: Decimal
    as_of: str
    source: str
    note: str = ""
    counts: str = "always"
    times: int = 1

    @property
    def usd_per_month(self) -> Decimal:
        """At AWS's own 730 hours a month."""
        return self.usd_per_hour * 730

    @property
    def by_use(self) -> bool:
        """Whether it costs nothing while nobody uses it."""
        return not self.usd_per_hour and self.counts == "always"


def usd(amount: Decimal) -> str:
    """Dollars as people say them: no cents where there are many, and then not less than it is, so that a sum never
    falls below a part of it that stands beside it."""
    if amount >= MANY:
        return f"{amount.to_integral_value(ROUND_CEILING):f}"
    return f"{amount:.2f}" if amount else "0"


@dataclass(frozen=True)
class ByHand:
    """What only a person does while a step waits, and without which it never comes to its end.

    Args:
        sentence: what to do and where, in plain words.
        rows: what to take along for it, each a label and a value.
    """

    sentence: str
    rows: tuple[tuple[str, Late], ...] = ()


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
        left: what it is called where it stays, or nobody has taken it back yet, where `undone` says what becomes of it.
        yours: what a person has to do themselves once it is taken back, a sentence; nothing reaches it from here.
        by_hand: what a person has to do themselves while it is waited for; nobody else does it.
        refusals: AWS's error codes for the call, in plain words; AWS's own words are shown beside them.
        relieves: the id of an action that must not last, such as stopping a server. However applying ends, this
            action's call is made then; it must be one that may be repeated.
        gives_up: the id of an action whose thing this one takes away again: that it is gone is the run's own doing.
        read: made just before the call, whose parameters take `found(path)` from its answer: a document that AWS takes
            only as a whole, of which one thing changes.
        others: what others may have put into it or made lean on it.
        settings: what of it somebody may change; then it is theirs too.
        part_of: ids of actions whose things would not work as they do without this: it stays as long as they do.
        goes_with: the id of the action whose thing takes this along when it is deleted: that goes all the same where
            AWS refuses to take this back by itself.
        copies: ids of actions from which it took no more than a value: what it made stands without their things.
        unless: what is looked for just before the call, where AWS takes a repeated one without a word: if it is there,
            it was there before. After a lost answer it is left for a person to look at, unless `find` proves it.
        taken: what is said then, where nothing can go on with what was there before.
        whose: JMESPath into the answer to the run that made it, by its tag, where that is another one: AWS may hand out
            what exists already, as if it were new, and two runs may ask for the same at the same time.
        stands: how a look sees that it stands, where neither its undo nor its settings tell that: as of a setting that
            goes with what it is of.
        of_new: the id of the action that makes what this one sets something of: if that was there before, nothing is.
        decided: the fingerprint of what stood where its `Restore` puts it back when it was decided to change that:
            whatever else stands there when its turn comes is somebody's since, and is left. Empty: whatever stands.
        loses: what was there before and is gone for good once this was done, whatever an undo does, a sentence.
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
    left: str = ""
    yours: Late = ""
    by_hand: ByHand | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)
    relieves: str = ""
    gives_up: str = ""
    read: Call | None = None
    others: tuple[Others, ...] = ()
    settings: Settings | None = None
    part_of: tuple[str, ...] = ()
    goes_with: str = ""
    copies: tuple[str, ...] = ()
    unless: Find | None = None
    taken: str = ""
    whose: Late = ""
    of_new: str = ""
    stands: Still | None = None
    decided: str = ""
    loses: str = ""

    def __getitem__(self, path: str) -> Ref:
        return Ref(self.id, path)

    @property
    def taken_back(self) -> str:
        """What it made, to somebody who is told that it goes."""
        return self.undone or self.sentence

    @property
    def standing(self) -> str:
        """What it made, to somebody who is told that it stays, or how it stands: nothing in it says that it went."""
        return self.left or self.taken_back

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
        if self.stands:
            yield self.stands.look, None
        if isinstance(self.undo, Restore | Entry):
            yield self.undo.read, None
            yield from ((call, self.undo.read) for call in (self.undo.put, self.undo.remove) if call)
            if isinstance(self.undo, Restore):
                for wait in filter(None, (self.undo.first, self.undo.wait)):
                    yield from wait.calls()
            return
        for step in self.undo:
            if step.read:
                yield step.read, None
            yield step.call, step.read
            if step.wait:
                yield from step.wait.calls()
            if step.still:
                yield step.still.look, None
            yield from ((find.look, None) for find in (step.unless, step.alike) if find)
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
