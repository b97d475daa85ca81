"""What a plan needs to be allowed: to carry it out, to look before and afterwards, and to take it back.

It follows from the parameters of its own calls (`authorization` says how): by the names of things where they have one,
and otherwise by the tags that everything carries which the plan makes. So whoever has just these permissions can do
what the plan does, and nearly nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import jmespath

from ..policies.patterns import Piece, fits_arn
from .authorization import RULES
from .calls import Call
from .cloud import Identity
from .permissions import EVERYTHING, GLOBAL, Condition, Need, asked_in, form_of, looks, permission
from .plan import Plan
from .references import FLOW, Join, Ref, refs
from .resource_types import TAGGING, WHILE_MAKING, Conditions, Target

TAGS = ("Name", "handrail:flow", "handrail:run")
"""What everything carries that a plan makes."""
PLACE = re.compile(r"\{([^{}?]+)(\?)?\}")
WILD = re.compile(r"([*?$])")
ALWAYS = ("iam.ListAccountAliases", "iam.SimulatePrincipalPolicy", "iam.GetRole", "cloudtrail.LookupEvents")
"""What is asked in every account, to show its name, to check the rest, for which the whole ARN of a role must be
known, and to say who changed what a run made; Handrail does without where it may not."""


@dataclass(frozen=True)
class Thing:
    """What a call is about: its ARN, and what tells it from others where that does not."""

    arn: str
    known_by: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Near:
    """Where the parameters come from that a call does not have yet.

    Args:
        calls: those from whose answers they come.
        things: those that it may be about, where nothing of it is known but its name.
    """

    calls: tuple[Call, ...] = ()
    things: tuple[Thing, ...] = ()


class Needs:
    """What a plan needs, to carry it out, to look before and afterwards, and to take it back.

    Taking away what others put there is not among it: that is decided when it comes to it, and AWS knows nothing by
    which those things could be told from all others.

    Args:
        who: whose account it is, and where.
        flow: the name of the set-up, with which everything is tagged.
        plan: what is to be done.
        looked: what was read to plan it.
        profile: that of another account, where it is about what is done there; `who` is whoever it leads to.
    """

    def __init__(self, who: Identity, flow: str, plan: Plan, looked: Iterable[Call] = (), profile: str = "") -> None:
        self.who, self.flow, self.plan, self.profile = who, flow, plan, profile
        self._calls = {action.id: action.call for action in plan.actions}
        self._looked = [call for call in looked if not self._for_itself(call)]

    def _for_itself(self, call: Call) -> bool:
        *_, name = self.who.arn.split(":assumed-role/")
        own_role = call.params.get("RoleName") in (None, name.partition("/")[0])
        return call.operation in ALWAYS and own_role

    @cached_property
    def all(self) -> tuple[Need, ...]:
        return _anywhere((*self._doing, *self.looking))

    @cached_property
    def wanted(self) -> tuple[Need, ...]:
        """Without what Handrail asks for itself, and does without; with the region of each."""
        return tuple(sorted({*self._doing, *self._looking}))

    @cached_property
    def looking(self) -> tuple[Need, ...]:
        """To plan it and to look at what was made, without changing anything."""
        return _anywhere((*self._looking, *(need for each in ALWAYS for need in self.of(Call(each)))))

    @cached_property
    def _looking(self) -> tuple[Need, ...]:
        before = [need for call in self._looked for need in self.of(call)]
        things = tuple(Thing(need.resource, need.known_by) for need in (*before, *self._doing))
        after = [need for call in self.plan.reads for need in self.of(call, Near(things=() if call.params else things))]
        return (*before, *after)

    @cached_property
    def _doing(self) -> tuple[Need, ...]:
        found: list[Need] = []
        for action in self.plan.actions:
            for call, read in action.calls():
                found += self.of(call, Near((read, action.call) if read else (action.call,)))
        return (*found, *(need for secret in self.plan.secrets for need in self.of(secret.look)))

    def of(self, call: Call, near: Near = Near()) -> Iterator[Need]:
        """What one call needs; nothing if it is made in another account than is meant."""
        own = permission(call.operation)
        if call.profile != self.profile or own == "":
            return
        if own is None:
            yield Need(f"?{call.operation}")
            return
        rule = RULES.get(call.operation, ())
        if all(target.action for target in rule):
            yield Need(own, conditions=self._region(call, own), region=self._asked_in(call, own))
        for target in rule:
            if not target.when or target.when in call.known or _found(target.when, call.params):
                yield from self._for(target, call, target.action or own, near)

    def _for(self, target: Target, call: Call, action: str, near: Near) -> Iterator[Need]:
        """What one call needs for one kind of thing."""
        things, tags = self._things(target, call, near), _tags(call, target)
        asked = self._things(Target(target.asked, action), call, near) if target.asked else things
        general = [*self._only(target.only, call)]
        if tags and (target.action or not target.made or any(EVERYTHING in thing.arn for thing in things)):
            general += self._with_our_tags
        for thing in asked:
            known_by = () if target.made and not target.asked else thing.known_by
            where = self._region(call, action, thing.arn)
            conditions = tuple(sorted((*general, *where, *known_by)))
            yield Need(action, thing.arn, conditions, self._asked_in(call, action, thing.arn))
        if tags and target.made and not target.action and call.service in TAGGING:
            yield from (self._tagging(call, thing) for thing in things)

    def _tagging(self, call: Call, thing: Thing) -> Need:
        action, key = TAGGING[call.service], WHILE_MAKING.get(call.service)
        only = [*self._with_our_tags, *self._region(call, action)]
        only += [("StringEquals", key, (call.name,))] if key else []
        return Need(action, thing.arn, tuple(sorted(only)), self._asked_in(call, action))

    # -- which things --------------------------------------------------------------------------------------------

    def _things(self, target: Target, call: Call, near: Near) -> list[Thing]:
        """The things of one kind that a call is about."""
        action = target.action or permission(call.operation) or ""
        template = self._placed(form_of(target.arn, action), call)
        if template == EVERYTHING:
            return [Thing(EVERYTHING)]
        texts: list[list[str]] = []
        for path, optional in PLACE.findall(template):
            known = self._texts(path, call)
            if known is None:
                others = [] if optional else self._others(form_of(target.arn, action), path, call, near)
                if others or EVERYTHING in template:  # it is one of two ways in which a known name is written
                    return others
                known = [EVERYTHING]
            texts.append(known)
        arns = sorted({_filled(template, each) for each in product(*texts)})
        if not target.made:
            # a name with the run in it says enough to look, but not to change what another run made
            return [Thing(arn, () if looks(action) else self._made.get(arn, ())) for arn in arns]
        known_by = tuple(self._only(target.known_by, call))
        tagged = (*known_by, *self._with_our_tags_on_it) if _tags(call, target) else known_by
        return [Thing(arn, tagged if EVERYTHING in arn else ()) for arn in arns]

    @cached_property
    def _made(self) -> Mapping[str, tuple[Condition, ...]]:
        """What the plan makes, and what tells it from others."""
        made = (
            thing
            for call in self._calls.values()
            for target in RULES.get(call.operation, ())
            if target.made and call.profile == self.profile
            for thing in self._things(target, call, Near())
        )
        return {thing.arn: thing.known_by for thing in made}

    def _others(self, template: str, path: str, call: Call, near: Near) -> list[Thing]:
        """The things of the same kind that those calls are about from which what stands at `path` will come."""
        ref = _late(path, call)
        made = ref is not None and ref.action in self._calls
        near = Near((self._calls[ref.action],)) if ref and made else near
        pattern = [Piece(PLACE.sub("*", template))]  # wherever it is
        found = [*near.things]
        for source in near.calls:
            if source is not call:
                for target in RULES.get(source.operation, ()):
                    found += self._things(target, source, Near())
        return sorted({each for each in found if _same_kind(pattern, each.arn)}, key=lambda each: each.arn)

    def _texts(self, path: str, call: Call) -> list[str] | None:
        """What stands at a place of the parameters, as part of a pattern; None if that is not known."""
        if path in call.known:
            return [self._placed(each, call) for each in call.known[path]]
        found = _found(path, call.params)
        values = found if isinstance(found, list) else [found]
        if not values or any(value is None or (isinstance(value, Ref) and value != FLOW) for value in values):
            return None
        return [self._text(value) for value in values]

    def _text(self, value: Any) -> str:
        match value:
            case Join(parts):
                return "".join(self._text(part) for part in parts)
            case Ref():
                return self.flow if value == FLOW else EVERYTHING
            case _:
                return WILD.sub(r"${\1}", str(value))  # in a name they are signs like others

    def _placed(self, text: str, call: Call) -> str:
        who, region = self.who, call.region or self.who.region
        for name, value in (("partition", who.partition), ("account", who.account), ("region", region)):
            text = text.replace(f"{{{name}}}", value)
        return text

    # -- under which conditions ----------------------------------------------------------------------------------

    def _only(self, wanted: Conditions, call: Call) -> Iterator[Condition]:
        for operator, keys in wanted.items():
            for key, template in keys.items():
                text = self._placed(template, call)
                place = PLACE.fullmatch(text)
                values = self._texts(place[1], call) if place else [text]
                if values and EVERYTHING not in values:
                    yield operator, key, tuple(sorted(set(values)))

    def _region(self, call: Call, action: str, arn: str = EVERYTHING) -> tuple[Condition, ...]:
        if looks(action) or action.startswith(GLOBAL):
            return ()
        return (("StringEquals", "aws:RequestedRegion", (self._place(call, action, arn),)),)

    def _asked_in(self, call: Call, action: str, arn: str = EVERYTHING) -> str:
        return asked_in(action, self.who.partition, self._place(call, action, arn))

    def _place(self, call: Call, action: str, arn: str) -> str:
        """The region in which it is asked for: that of a key where it is one, wherever the call is made."""
        if action.startswith("kms:") and arn != EVERYTHING:
            return arn.split(":")[3]
        return call.region or self.who.region

    @cached_property
    def _with_our_tags(self) -> tuple[Condition, ...]:
        return (
            ("StringEquals", "aws:RequestTag/handrail:flow", (self.flow,)),
            ("Null", "aws:RequestTag/handrail:run", ("false",)),
            ("ForAllValues:StringEquals", "aws:TagKeys", TAGS),
        )

    @cached_property
    def _with_our_tags_on_it(self) -> tuple[Condition, ...]:
        return (
            ("StringEquals", "aws:ResourceTag/handrail:flow", (self.flow,)),
            ("Null", "aws:ResourceTag/handrail:run", ("false",)),
        )


def _anywhere(needs: Iterable[Need]) -> tuple[Need, ...]:
    """What a policy says of them: a region by a condition, or not at all."""
    return tuple(sorted({replace(need, region="") for need in needs}))


def _found(path: str, params: Mapping[str, Any]) -> Any:
    return jmespath.search(path, _plain(params))


def _plain(value: Any) -> Any:
    """Parameters as JMESPath reads them; what is not known yet stays as it is."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _late(path: str, call: Call) -> Ref | None:
    """The reference at this place of the parameters, or in which it lies."""
    for place in (path, re.split(r"[.\[ ]", path)[0]):
        found = _found(place, call.params)
        first = found[0] if isinstance(found, list) and found else found
        if isinstance(first, Ref):
            return first
    return None


def _tags(call: Call, target: Target) -> bool:
    """Whether a call gives such a thing the tags that everything gets."""
    specifications = call.params.get("TagSpecifications")
    if call.service != "ec2" or specifications is None:
        return target.tags and (target.made or call.name == "CreateTags") and FLOW in refs(call.params)
    kinds = {f"{each['ResourceType']}/" for each in specifications}
    return target.made and any(f":{target.arn}".rpartition(":")[2].startswith(kind) for kind in kinds)


def _same_kind(pattern: Sequence[Piece], arn: str) -> bool:
    files = ":s3:::" in arn and "/" in arn  # S3 writes a bucket and what is in it alike
    return fits_arn(pattern, arn, beyond=False) and files == ("/" in str(pattern[0].text) and ":s3:::" in arn)


def _filled(template: str, texts: Iterable[str]) -> str:
    """An ARN from its template. A value that is one itself keeps its account and region, and gives its name alone."""
    left = iter(texts)
    arn = template
    while place := PLACE.search(arn):
        start, text, end = arn[: place.start()], next(left), arn[place.end() :]
        if text.startswith("arn:"):
            *home, kept = text.split(":", 5)
            kind = start.split(":", 5)[5]
            name = kept.removeprefix(kind) if kept.startswith(kind) else re.split("[:/]", kept, maxsplit=1)[-1]
            start, text = f"{':'.join(home)}:{kind}", name
        arn = start + text + end
    return arn
