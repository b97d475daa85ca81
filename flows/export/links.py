"""What a template refers to instead of saying it: its own resources, its place, and what whoever makes it gives.

A plan names everything as it is in one account. A stack of it somewhere else, or a second one, needs other ids and
names: they become parameters, whose defaults are those of the plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from flows.engine.questions import Text
from flows.engine.states import Line

from .assembly import Build, logical
from .commands import plain
from .short_forms import Tag

TYPES = {
    "vpc": "AWS::EC2::VPC::Id",
    "subnet": "AWS::EC2::Subnet::Id",
    "sg": "AWS::EC2::SecurityGroup::Id",
    "ami": "AWS::EC2::Image::Id",
    "i": "AWS::EC2::Instance::Id",
    "rtb": "String",
    "vgw": "String",
    "cgw": "String",
}
"""How an id begins, and the type of a parameter for one (CloudFormation User Guide, supplied types, 2026-11)."""
CALLED = {
    "vpc": "Vpc", "subnet": "Subnet", "sg": "SecurityGroup", "ami": "Image", "i": "Instance", "rtb": "RouteTable",
    "vgw": "VpnGateway", "cgw": "CustomerGateway", "s3": "Bucket", "codepipeline": "Pipeline",
    "codecommit": "Repository",
}  # fmt: skip
"""What an id that begins so is of; likewise the services whose ARNs do not say it."""
ID = re.compile(rf"({'|'.join(TYPES)})-[0-9a-f]{{8,17}}")
PLACE = re.compile(r"arn:[\w-]+:([\w-]+):([\w-]*):(\d*):")
OPERATION = "aws-sdk:"
"""How the end of an ARN begins that is of an operation of AWS's: it exists in every account."""
EXISTS = re.compile(r"arn:[\w-]+:([\w-]+):[\w-]*:\d*:(?:([a-z-]+)[/:])?[^*]+")
EXISTING = ("Bucket", "S3Bucket", "S3BucketName", "RepositoryName", "bucketName", "name", "Value")
"""Where the name of something stands that may have been there before; the last in an environment."""
CLOUDFRONT = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution (Route 53 API reference, AliasTarget, 2026-11)."""
GIVEN: Mapping[str, tuple[str, str, str, str]] = {
    "HostedZoneId": ("AWS::Route53::HostedZone::Id", "HostedZone", "", "The hosted zone that the names are in."),
    "FunctionName": ("String", "Function", "", "The function that is called."),
    "IpAddress": ("String", "Address", r"\d{1,3}(\.\d{1,3}){3}", "A public address."),
    "BgpAsn": ("Number", "Asn", "", "The BGP number of the other side."),
    "InstanceType": ("String", "InstanceType", r"[a-z0-9-]+\.[a-z0-9-]+", "The kind of machine."),
    "BackupRetentionPeriod": ("Number", "BackupDays", "", "For how many days backups are kept."),
    "MinCapacity": ("Number", "MinCapacity", "", "The least capacity, in units of Aurora."),
    "MaxCapacity": ("Number", "MaxCapacity", "", "The most capacity, in units of Aurora."),
    "RetentionInDays": ("Number", "LogDays", "", "For how many days the log is kept."),
}
"""Properties that whoever makes a stack may want otherwise: a parameter's type, id, AllowedPattern and Description."""
ROOM = 30
"""Characters for the name, which stands in those of buckets, of 63, beside an account, a region and a word."""
NAME = "The name that all of it has in its own names; a second stack needs another."


@dataclass(frozen=True)
class Said:
    """An answer that may stand in the template."""

    key: str
    ask: str
    value: str
    typed: bool


def said_in(lines: Iterable[Line]) -> Iterator[Said]:
    for line in lines:
        for value in line.raw if isinstance(line.raw, list | tuple) else [line.raw]:
            if isinstance(value, str) and value:
                yield Said(line.question.id, line.question.ask, value, isinstance(line.question, Text))


class Links:
    """What is put into the resources of a template for names, ids and places.

    Args:
        build: the template under way, with all its resources.
        account: the account of the plan; empty if that is not known.
        answers: what was said; their questions describe the parameters.
    """

    def __init__(self, build: Build, account: str, answers: Iterable[Line]) -> None:
        self.build, self.account = build, account
        self.planned = {
            id_: resource.properties[resource.row.name]
            for id_, resource in build.resources.items()
            if resource.row.name in resource.properties
        }
        said = [*said_in(answers)]
        self.said = {each.value: each for each in reversed(said)}
        self.name = next((each for each in said if each.key in ("name", "pipeline")), None)
        if self.name and self.planned and not any(self.name.value in planned for planned in self.planned.values()):
            self.name = replace(self.name, value=self.name.value.lower())  # where AWS knows no capitals
        if self.name:
            self.said[self.name.value] = self.name
        self._given: dict[tuple[str, Any], str] = {}
        self.uses = {use.resource: use.sentence for use in build.plan.uses}
        self.named = {id_: self._named(id_, name) for id_, name in self.planned.items()}
        self._before = set[str]()
        for id_, resource in build.resources.items():
            own = {resource.row.name: self.named[id_]} if id_ in self.named else {}
            rest = {key: value for key, value in resource.properties.items() if key not in own}
            linked = {**self._walked(rest, ""), **own}
            resource.properties = {key: linked[key] for key in resource.properties}
            self._before.add(id_)
        for id_, resource in build.resources.items():
            named = {resource.row.name: self.named[id_]} if id_ in self.named else {}
            resource.properties = {**self._everywhere(resource.properties), **named}

    def output(self, name: str, value: str) -> str:
        """A value that the plan tells, by that name."""
        of = [id_ for id_, planned in self.planned.items() if planned == value]
        if len(of) > 1:
            of = [id_ for id_ in of if id_ == logical(name)]
        if of:
            return self._refer(of[0])
        for (_, default), id_ in self._given.items():
            if value.startswith("arn:") and value.endswith((f":{default}", f"/{default}")):
                return value.removesuffix(str(default)) + self._ref(id_)
        return str(self._everywhere(value))

    def made_by(self, value: str) -> str:
        """The sentence of what makes the thing of that name; empty if none does."""
        of = [id_ for id_, planned in self.planned.items() if planned == value]
        return self.build.resources[of[0]].action.sentence if len(of) == 1 else ""

    def _everywhere(self, value: Any, key: str = "Value") -> Any:
        """What a parameter is asked for in one place is the parameter wherever such a name stands."""
        match value:
            case {"Key": _, "Value": _, **rest} if not rest:
                return value
            case Mapping():
                return {each: self._everywhere(item, each) for each, item in value.items()}
            case list():
                return [self._everywhere(item, key) for item in value]
            case str() if key in EXISTING and not (self.name and value == self.name.value):
                given = [id_ for (_, default), id_ in self._given.items() if default == value]
                return self._ref(given[0]) if given else value
            case _:
                return value

    # -- walking -------------------------------------------------------------------------------------------------

    def _walked(self, value: Any, key: str) -> Any:
        match value:
            case {"Key": "Name", "Value": str(name), **rest} if not rest:
                return {"Key": "Name", "Value": self._with_name(name)}
            case Mapping():
                return {each: self._walked(item, each) for each, item in value.items()}
            case list():
                return [self._walked(item, key) for item in value]
            case str() if key == "PolicyDocument":  # a policy that CloudFormation takes as text alone
                return json.dumps(self._walked(json.loads(value), ""), ensure_ascii=False)
            case str() if "\n" not in value:
                return self._text(key, value)
            case int() | float() if key in GIVEN and not isinstance(value, bool):
                return self._property(key, value)
            case _:
                return value

    def _text(self, key: str, text: str) -> str:
        for id_, planned in self.planned.items():
            if planned == text and key in self.build.resources[id_].row.called:
                return self._refer(id_)
        if key in GIVEN and text != CLOUDFRONT and text.isprintable():
            return self._property(key, text)
        if text == self.account:
            return self._ref("AWS::AccountId")
        if found := ID.fullmatch(text):
            kind, name = found[1], CALLED[found[1]]
            return self._asked(TYPES[kind], name, rf"{kind}-[0-9a-f]{{8,17}}", exists(name), text)
        if text.startswith("arn:"):
            return self._arn(text)
        if key in EXISTING[:-1] and text in self.said:
            return self._asked("String", "", "", "", text)
        return text

    # -- names and places ----------------------------------------------------------------------------------------

    def _refer(self, id_: str) -> str:
        """The name of a resource; one that comes later is called by its name, since it may need this one."""
        if id_ not in self._before:
            return self.named[id_]
        itself = self.build.resources[id_].row.itself
        return self.build.mark(Tag("GetAtt", f"{id_}.{itself}") if itself else Tag("Ref", id_))

    def _ref(self, name: str) -> str:
        return self.build.mark(Tag("Ref", name))

    def _named(self, id_: str, name: str) -> str:
        """A physical name as a parameter, or with what may be another one elsewhere: a second stack needs another."""
        if name in self.said and self.said[name].typed and name.isprintable():
            return self._asked("String", "", looks(name), "", name)
        named = self._with_name(name)
        if named == name and name.isprintable():
            about = f"A name that another stack wants otherwise: {self.build.resources[id_].action.sentence}"
            return self._asked("String", f"{id_}Name", looks(name), about, name)
        for part, pseudo in ((self.account, "AWS::AccountId"), (self.build.region, "AWS::Region")):
            named = named.replace(part, self._ref(pseudo)) if part else named
        return named

    def _with_name(self, text: str) -> str:
        """A text with the name that was asked for as a parameter."""
        if not self.name or not self.name.value.isprintable():
            return text
        name, parts = self.name.value, rf"(?<![A-Za-z0-9]){re.escape(self.name.value)}(?![A-Za-z0-9])"
        if not re.search(parts, text):
            return text
        return re.sub(parts, self._asked("String", "", looks(name), "", name), text)

    def _arn(self, arn: str) -> str:
        """An ARN: of a resource of the template, of something that was asked for, or of something that exists."""
        if not (place := PLACE.match(arn)):
            return arn
        service, region, account = place.groups()
        rest = arn[place.end() :]
        first = re.split("[/:*]", rest)[0]
        for id_, planned in self.planned.items():
            of, _, within = self.build.resources[id_].row.arn.partition(":")
            if of == service and re.match(f"{within}{re.escape(planned)}([/:*]|$)", rest):
                rest = f"{within}{self._refer(id_)}{rest[len(within) + len(planned) :]}"
                break
        else:
            if first in self.said and service in CALLED:
                rest = self._asked("String", "", "", "", first) + rest[len(first) :]
            elif (found := EXISTS.fullmatch(arn)) and arn.isprintable() and not rest.startswith(OPERATION):
                kind = found[2] or service
                pattern = f"arn:[a-z-]+:{service}:[a-z0-9-]*:[0-9]*:.+"
                name = CALLED.get(kind, logical(kind))
                return self._asked("String", name, pattern, exists(name), arn)
        region = self._ref("AWS::Region") if region == self.build.region else region
        if self.account:
            account, rest = (part.replace(self.account, self._ref("AWS::AccountId")) for part in (account, rest))
        return f"arn:{self._ref('AWS::Partition')}:{service}:{region}:{account}:{rest}"

    # -- parameters ----------------------------------------------------------------------------------------------

    def _property(self, key: str, value: Any) -> str:
        type_, name, pattern, about = GIVEN[key]
        return self._asked(type_, name, pattern, about, value)

    def _asked(self, type_: str, name: str, pattern: str, about: str, value: Any) -> str:
        """A parameter with the plan's value as its default; one for each value of a kind."""
        said = self.said.get(value)
        base = logical(said.key) if said else name
        if (base, value) not in self._given:
            self._given[base, value] = id_ = self._free(base, str(value))
            whole: dict[str, Any] = {"AllowedPattern": f"^{pattern}$"} if pattern and type_ == "String" else {}
            about = self.uses.get(value, about)
            about = f"{plain(said.ask)} ({said.key})" if said else plain(about)
            if said and said == self.name:
                about = f"{about} {NAME}"
                whole["MaxLength"] = max(len(value), ROOM)
            self.build.parameters[id_] = {"Type": type_, "Default": value, **whole, "Description": about}
        return self._ref(self._given[base, value])

    def _free(self, base: str, value: str) -> str:
        """An id that nothing in the template has yet."""
        taken = {*self.build.resources, *self.build.parameters}
        if base in self.build.resources:
            base += "Arn" if value.startswith("arn:") else "Id" if ID.fullmatch(value) else "Name"
        numbered = (f"{base}{number}" if number > 1 else base for number in count(1))
        return next(id_ for id_ in numbered if id_ not in taken)


def exists(name: str) -> str:
    words = re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("vpc", "VPC").replace("vpn", "VPN")
    return f"Which {words}? It exists already."


def looks(name: str) -> str:
    """What names like this one are made of: where one service allows more, another of the same name may not."""
    return "[a-z0-9][a-z0-9-]*" if re.fullmatch("[a-z0-9][a-z0-9-]*", name) else ""
