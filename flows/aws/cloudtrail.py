"""CloudTrail, the older way to notice files: a trail that writes every access down, which EventBridge reads.

Sources: CloudTrail User Guide, "Logging data events", "Amazon S3 bucket policy for CloudTrail" and "Validating
CloudTrail log file integrity", 2026-10.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Find,
    Option,
    Others,
    Ref,
    Settings,
    Still,
    Undo,
    found,
    join,
)

from . import bucket_creation, namesakes
from .buckets import Bucket
from .tags import tags

NEW = "new"
DAYS_KEPT = 365
"""Days after which a new trail's files are deleted."""
CLASSIC_LIMIT = 5
"""Selectors that a trail without advanced ones may have."""
PRICE = Cost(
    "The trail", Decimal(0), "2026-11",
    "AWS CloudTrail pricing page, US East (N. Virginia); no price list was read",
    "100,000 recorded uploads cost about 0.10 USD.",
)  # fmt: skip

UPLOADS = ("PutObject", "CopyObject", "CompleteMultipartUpload")
"""What a trail calls the ways in which a file lands."""


@dataclass(frozen=True)
class Trail:
    """A trail that could record uploads in this region."""

    name: str
    arn: str
    home: str
    everywhere: bool

    @property
    def id(self) -> str:
        return self.name


@dataclass(frozen=True)
class Selectors:
    """What a trail records: either kind, as AWS tells it."""

    classic: tuple[Mapping[str, Any], ...]
    advanced: tuple[Mapping[str, Any], ...]

    def record(self, arn: str) -> bool:
        """Whether uploads to a file, given by its ARN, are written down, in whatever way it lands."""
        written = any(_classic(each, arn) for each in self.classic)
        return written or all(any(_advanced(each, arn, call) for each in self.advanced) for call in UPLOADS)


@dataclass(frozen=True)
class Recording:
    """The trails that see this region: all by their names, those that write the uploads of one file down and are on,
    those that would, but are off, and those of an organization, of which is not seen here what they write down."""

    names: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def options(cloud: Cloud) -> Iterator[Option[Trail | str]]:
    """The account's trails that see this region, and a new one."""
    for trail in trails(cloud):
        where = "all regions" if trail.everywhere else trail.home
        yield Option(
            trail.name, trail, trail.name, f"{where}, {'logging' if logging(cloud, trail) else 'SWITCHED OFF'}"
        )
    yield Option(NEW, NEW, "a new trail", "for this one file, with a bucket of its own")


def usual(cloud: Cloud) -> str:
    """A trail that is logging, of all regions first; else a new one."""
    good = sorted((trail for trail in trails(cloud) if logging(cloud, trail)), key=lambda trail: not trail.everywhere)
    return good[0].name if good else NEW


def trails(cloud: Cloud) -> list[Trail]:
    """Raises CloudError."""
    return [one for one in _seeing(cloud) if f":{cloud.identity.account}:" in one.arn]


def _seeing(cloud: Cloud) -> list[Trail]:
    """The trails that see this region, those of an organization included."""
    who = cloud.identity
    listed = cloud.make(Call("cloudtrail.DescribeTrails", {"includeShadowTrails": True})).get("trailList") or []
    known = [_trail(each, who.region) for each in listed]
    return [one for one in known if one.everywhere or one.home == who.region]


def recording(cloud: Cloud, arn: str) -> Recording:
    """Which trails write the uploads of a file down, given by its ARN. Raises CloudError."""
    every, own = _seeing(cloud), trails(cloud)
    good = [each for each in own if selectors(cloud, each).record(arn)]
    on = [each.name for each in good if logging(cloud, each)]
    return Recording(
        tuple(each.name for each in every), tuple(on), tuple(each.name for each in good if each.name not in on),
        tuple(each.name for each in every if each not in own),
    )  # fmt: skip


def _trail(told: Mapping[str, Any], region: str) -> Trail:
    return Trail(
        told["Name"], told["TrailARN"], str(told.get("HomeRegion") or region), bool(told.get("IsMultiRegionTrail"))
    )


def logging(cloud: Cloud, trail: Trail) -> bool:
    status = cloud.make(Call("cloudtrail.GetTrailStatus", {"Name": trail.arn}, trail.home))
    return bool(status.get("IsLogging"))


def selectors(cloud: Cloud, trail: Trail) -> Selectors:
    """Raises CloudError."""
    answer = cloud.make(Call("cloudtrail.GetEventSelectors", {"TrailName": trail.arn}, trail.home))
    return Selectors(tuple(answer.get("EventSelectors") or ()), tuple(answer.get("AdvancedEventSelectors") or ()))


def _classic(selector: Mapping[str, Any], arn: str) -> bool:
    """A value is the beginning of what is meant; "arn:aws:s3" is every bucket."""
    data = [each for each in selector.get("DataResources") or [] if each["Type"] == "AWS::S3::Object"]
    covered = any(arn.startswith(value) for each in data for value in each["Values"])
    return selector.get("ReadWriteType", "All") != "ReadOnly" and covered


def _advanced(selector: Mapping[str, Any], arn: str, call: str) -> bool:
    """Only fields that are told of the upload are looked at; one that is about something else is taken as met."""
    has = {
        "eventCategory": "Data", "resources.type": "AWS::S3::Object", "resources.ARN": arn, "readOnly": "false",
        "eventName": call, "eventSource": "s3.amazonaws.com", "eventType": "AwsApiCall",
    }  # fmt: skip
    fields = {each["Field"]: each for each in selector.get("FieldSelectors") or []}
    return all(_field(fields[name], value) for name, value in has.items() if name in fields)


def _field(field: Mapping[str, Any], value: str) -> bool:
    ways: tuple[tuple[str, str], ...] = (("Equals", "{}"), ("StartsWith", "{}*"), ("EndsWith", "*{}"))
    for name, form in ways:

        def fits(one: str, form: str = form) -> bool:
            return fnmatchcase(value, form.format(one.replace("[", "[[]")))  # fmt: skip

        if field.get(name) and not any(fits(one) for one in field[name]):
            return False
        if any(fits(one) for one in field.get(f"Not{name}") or ()):
            return False
    return True


# -- to change -------------------------------------------------------------------------------------------------


def record(trail: Trail, now: Selectors, arn: str, others: tuple[Others, ...]) -> Action:
    """Let a trail that exists write down the uploads of one file too; what it records otherwise stays.

    A trail has either kind of selector, and each is written as a whole. `others` is who else may hear of that file
    by it.
    """
    kind = "AdvancedEventSelectors" if now.advanced else "EventSelectors"
    ours = _ours(arn) if now.advanced else _ours_classic(arn)
    mark = f"Name=='{_quoted(ours['Name'])}'" if now.advanced else f"DataResources[0].Values == `{_literal([arn])}`"
    default = _literal([{"ReadWriteType": "All", "IncludeManagementEvents": True}])
    # without any, a trail records what is done to resources, and so it does again
    rest = f"({kind}[?!({mark})] || `{default}`)"
    look = Call("cloudtrail.GetEventSelectors", {"TrailName": trail.arn}, trail.home)

    as_made = _as_told(ours, advanced=bool(now.advanced))
    there = f"{kind}[?{mark}] | [0] | @ && ({as_made} && 'there' || 'otherwise')"
    on = Find(look, f"{kind}[?{mark} && {as_made}] | [0]")

    def put(value: str) -> Call:
        return Call("cloudtrail.PutEventSelectors", {"TrailName": trail.arn, kind: found(value)}, trail.home)

    return Action(
        "selectors",
        f"Let the trail {trail.name} write the uploads of that file down too",
        put(f"[{rest}, `{_literal([ours])}`][]"),
        read=look,
        undo=(
            Undo(
                put(rest),
                read=look,
                gone=("TrailNotFoundException",),
                still=Still(look, there, "there", "Somebody changed it since."),
            ),
        ),
        find=on,
        unless=on,
        others=others,
        part_of=("rule",),
        undone=f"What the trail {trail.name} writes down of that file",
        refusals={"InsufficientDependencyServiceAccessPermissionException": "Only the organization's own account may."},
    )


def create(
    name: str, arn: str, place: tuple[str, str, str], label: str, others: tuple[Others, ...]
) -> tuple[Action, ...]:
    """A trail that writes down the uploads of one file and nothing else, with a bucket of its own for that.

    `others` is who else may hear of that file by it.
    """
    partition, region, account = place
    bucket = log_bucket(name, place)
    trail_arn = f"arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"
    to = {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Effect": "Allow"}
    only = {"aws:SourceArn": trail_arn}
    objects = f"arn:{partition}:s3:::{bucket.name}"
    policy = (
        {"Sid": "LookAt", **to, "Action": "s3:GetBucketAcl", "Resource": objects, "Condition": {"StringEquals": only}},
        {
            "Sid": "Write", **to, "Action": "s3:PutObject", "Resource": f"{objects}/AWSLogs/{account}/*",
            "Condition": {"StringEquals": {**only, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    )  # fmt: skip
    sids = [str(each["Sid"]) for each in policy]
    made = bucket_creation.create(
        "trail-bucket", bucket, "in which the trail writes", label, statements=[*sids, bucket_creation.TLS]
    )
    sentence = "Let only that trail write there, and refuse requests that are not encrypted"
    place_for = bucket_creation.closed(
        made, bucket, partition, policy=sentence, statements=policy, days=DAYS_KEPT, said="the trail's bucket"
    )
    here, looked = {"Name": name}, Call("cloudtrail.DescribeTrails", {"trailNameList": [name]})
    tagged = Call("cloudtrail.ListTags", {"ResourceIdList": [Ref("trail", "TrailARN")]})
    mine = join("ResourceTagList[0].TagsList[?Key=='handrail:run'].Value | [0] == '", RUN, "'")
    return (
        *place_for,
        Action(
            "trail",
            f"Create the trail {name}, whose files show when somebody changes them",
            Call(
                "cloudtrail.CreateTrail",
                {
                    **here, "S3BucketName": bucket.name, "IsMultiRegionTrail": False,
                    "EnableLogFileValidation": True, "TagsList": tags(label),
                },
            ),
            undo=(
                Undo(
                    Call("cloudtrail.DeleteTrail", here),
                    gone=("TrailNotFoundException",),
                    still=Still(looked, f"trailList[?Name=='{name}'] | [0].Name", name, "Another trail has its name."),
                ),
            ),
            others=(namesakes.by_tags("trail", tagged, "ResourceTagList", "TagsList", name), *others),
            settings=Settings(
                looked,
                f"trailList[?Name=='{name}'] | [0]."
                "{bucket: S3BucketName, prefix: [S3KeyPrefix], everywhere: IsMultiRegionTrail, "
                "log: [CloudWatchLogsLogGroupArn], topic: [SnsTopicARN], key: [KmsKeyId]}",
            ),
            find=Find(
                looked,
                f"trailList[?Name=='{name}'] | [0].{{TrailARN: TrailARN}}",
                proof=Call("cloudtrail.ListTags", {"ResourceIdList": [found("TrailARN")]}), ours=mine,
            ),
            part_of=("rule",),
            not_yet=("InsufficientS3BucketPolicyException",),
            after=(place_for[-1].id,),
            type="AWS::CloudTrail::Trail",
            resource=name,
            costs=(PRICE,),
            undone=f"The trail {name}",
            refusals={
                "MaximumNumberOfTrailsExceededException": "This region has its five trails already. Use one of them.",
                "TrailAlreadyExistsException": f"A trail named {name} exists already. Use it: answer trail with it.",
            },
        ),
        Action(
            "selectors",
            "Let the trail write down the uploads of that file, and nothing else",
            Call("cloudtrail.PutEventSelectors", {"TrailName": name, "AdvancedEventSelectors": [_ours(arn)]}),
            settings=Settings(
                Call("cloudtrail.GetEventSelectors", {"TrailName": name}),
                # half an answer would be noted, and taken for somebody's edit once it is whole
                "TrailARN && {new: [AdvancedEventSelectors || `[]`] | [?!(@[?!FieldSelectors])] | [0], "
                "old: EventSelectors || `[]`}",
            ),
            after=("trail",),
        ),
        Action("logging", "Switch the trail on", Call("cloudtrail.StartLogging", here), after=("selectors",),
            stands=Still(
                Call("cloudtrail.GetTrailStatus", here), "IsLogging && 'on' || 'off'", "on", "It is switched off."
            ),
        ),
    )  # fmt: skip


def name(pipeline: str) -> str:
    return f"uploads-{pipeline}"[:128]


def log_bucket(name: str, place: tuple[str, str, str]) -> Bucket:
    _, region, account = place
    short = "".join(c if c.isalnum() else "-" for c in name.lower())[: 63 - len(region) - len(account) - 2].strip("-")
    return Bucket(f"{short}-{account}-{region}", region)


def taken(cloud: Cloud, name: str) -> bool:
    """Whether a trail of that name exists here. Raises CloudError."""
    try:
        return any(trail.name == name for trail in trails(cloud))
    except CloudError as problem:
        if problem.aws_code == "TrailNotFoundException":
            return False
        raise


def _ours(arn: str) -> dict[str, Any]:
    fields = {"eventCategory": "Data", "resources.type": "AWS::S3::Object", "resources.ARN": arn, "readOnly": "false"}
    listed = [{"Field": field, "Equals": [value]} for field, value in fields.items()]
    return {"Name": f"Handrail: uploads of {arn.rpartition(':')[2]}"[:1000], "FieldSelectors": listed}


def _ours_classic(arn: str) -> dict[str, Any]:
    data = [{"Type": "AWS::S3::Object", "Values": [arn]}]
    return {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": False, "DataResources": data}


def _as_told(ours: Mapping[str, Any], *, advanced: bool) -> str:
    """JMESPath, true of a selector as AWS tells ours: nothing was added to it and nothing taken from it."""
    if advanced:
        more = "[StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith][]"
        fields = sorted([each["Field"], each["Equals"], []] for each in ours["FieldSelectors"])
        return f"sort_by(FieldSelectors || `[]`, &Field)[*].[Field, Equals, {more}] == `{_literal(fields)}`"
    whole = [ours["ReadWriteType"], ours["IncludeManagementEvents"], ours["DataResources"], []]
    more = "ExcludeManagementEventSources || `[]`"
    return f"[ReadWriteType, IncludeManagementEvents, DataResources, {more}] == `{_literal(whole)}`"


def _literal(value: Any) -> str:
    """A value inside the backticks of JMESPath."""
    return json.dumps(value).replace("`", "\\`")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
