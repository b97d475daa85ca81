"""API calls as data, and what reading ones are for beside reading: to wait for an effect, and to find what was made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .references import Late, Resolve, fill


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

    @property
    def key(self) -> str:
        """The same for two calls that ask the same."""
        return self.operation + self.region + self.profile + json.dumps(self.params, sort_keys=True, default=str)

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
