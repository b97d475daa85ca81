"""How a plan says what is taken back, by which calls, and what must hold or be decided before that.

What was created is deleted again (`Undo`), what was changed is put back (`Restore`), and what was written into a
document of others is taken out (`Entry`). `Others`, `Settings` and `Still` find what has become somebody else's since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .calls import Call, Find, Wait
from .references import Late

KEEP, DELETE = "keep", "delete"
"""What a person says of what can be lost for good."""


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
    beside: bool = False


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
        by: the id of the thing itself, where AWS tells of theirs only what it shares with others of its kind, as a
            route table tells of a gateway and of no connection: what a run put there that names another is about that.
    """

    look: Call
    path: Late
    what: str
    key: str = "others"
    remove: Call | None = None
    absent: tuple[str, ...] = ()
    each: Call | None = None
    leans: Late = ""
    by: Late = ""


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

    `find` looks whether it is there, for a call whose answer never came. It is a `maybe` where nobody here can tell
    whether there is such a thing at all: what another account copied, what a browser remembers.
    """

    what: Late
    why: str
    costs: str = ""
    find: Find | None = None
    maybe: bool = False


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
    JMESPath `reversed` is true of what is read now, somebody took that back: the thing is theirs. One that `restores`
    makes something as it was, rather than take away what was made. `alike` is a list of what others put there that does
    the same, looked for where this is gone already. `loses` is what was there before the run and goes for good with
    this call, a sentence.
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
    restores: bool = False
    alike: Find | None = None
    loses: str = ""


@dataclass(frozen=True)
class Decision:
    """What only a person can decide before something is taken back, such as keeping a last snapshot.

    Args:
        key: what `handrail undo --set KEY=VALUE` calls it.
        ask: the question.
        options: each value with what it means.
        default: what a person is offered first; a script must say it.
        loses: the value with which something is lost for good.
        lost: what that is, in a sentence.
    """

    key: str
    ask: str
    options: Mapping[str, str]
    default: str = ""
    loses: str = ""
    lost: str = ""

    @property
    def choices(self) -> dict[str, str]:
        """Each value with what it means: what loses nothing comes first, whatever order the journal keeps them in."""
        ordered = sorted(self.options, key=lambda value: (value == self.loses, value != self.default))
        return {value: self.options[value] for value in ordered}

    @property
    def words(self) -> dict[str, str]:
        """What a person says, each word with the value that it means: what loses nothing comes first.

        Where one of two answers loses something they are words of their own, since a "no" may be meant for the undo.
        """
        ordered = list(self.choices)
        if len(ordered) == 2 and self.loses in ordered:
            return dict(zip((KEEP, DELETE), ordered, strict=True))
        return {value: value for value in ordered}

    @property
    def loss(self) -> str:
        """What is lost for good with the value that loses something."""
        return self.lost or f"{self.options[self.loses]}."


@dataclass(frozen=True)
class Restore:
    """Put back what an action changed: read before, compare after, written back only if nobody touched it.

    Args:
        read: the call that reads the setting.
        path: JMESPath to it in the answer.
        put: the call that writes it back; `before(action)` in its parameters is the former value. Where a
            `Changed` or `found(path)` is in them, what `read` answers then is what that is about.
        remove: the call for when there was no former value.
        absent: error codes of `read` that mean there is no value.
        kept: what it brought about and no call takes back, such as what browsers remember.
        first: what must be so before it is put back, such as that something else carries meanwhile; else it is left.
        wait: when it has really taken effect: what this one came after is not taken back before that.
        apart: what stands there is several settings, each with a name: one that somebody changed since is left, and
            the others are put back all the same.
    """

    read: Call
    path: Late
    put: Call
    remove: Call | None = None
    absent: tuple[str, ...] = ()
    kept: Kept | None = None
    first: Wait | None = None
    wait: Wait | None = None
    apart: bool = False


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
        empty: what a new document looks like, as JSON text; `{}` for one that is no text.
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
