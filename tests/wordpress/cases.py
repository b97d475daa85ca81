"""Answers for WordPress in the demo company, and a picture of all that it touches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from support.clock import FakeClock
from support.killed import Case, by_kind

import flows
from flows.engine import Cloud, Journal, Place, Session
from flows.practice import PracticeAccount

WRONG = {"files": False, "permalinks": False, "upload": 2, "memory": 128}

NEW: Mapping[str, Any] = {
    "mode": "new_instance", "instance_type": "t3.small", "subnet": "shop-public-a", "domain": "",
    "upload_limit_mb": "100", "memory_limit_mb": "256",
}  # fmt: skip
EXISTING: Mapping[str, Any] = {
    "mode": "existing_instance", "instance": "blog", "upload_limit_mb": "100", "memory_limit_mb": "256",
}  # fmt: skip
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "new": NEW,
    "new, for one office, with a name": {
        **NEW, "domain": "www.example.com", "visitors": ["203.0.113.7/32"], "system": "ubuntu", "name": "office-blog",
        "instance_type": "t4g.small", "updates": "command",
    },
    "existing": EXISTING,
    "existing, only PHP": {**EXISTING, "repair": ["php"], "upload_limit_mb": "64", "memory_limit_mb": "128"},
}  # fmt: skip


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any], clock: FakeClock | None = None
) -> Session:
    made = Session(flows.find("wordpress"), cloud, journal, place=Place(practice=True), clock=clock or FakeClock())
    made.accepted.add("set-up-page-open")
    made.fill(answers)
    return made


def machine(account: PracticeAccount) -> str:
    """The id of the company's blog."""
    account.session.client("ssm").describe_instance_information()  # it is there once somebody asks for machines
    found = account.session.client("ec2").describe_instances(Filters=[{"Name": "tag:Name", "Values": ["blog"]}])
    return str(found["Reservations"][0]["Instances"][0]["InstanceId"])


def on_it(account: PracticeAccount) -> Mapping[str, Any]:
    """How the company's WordPress is, as its own agent would find it."""
    from moto.ec2.models import ec2_backends

    found: Mapping[str, Any] = vars(ec2_backends["123456789012"]["eu-central-1"].get_instance(machine(account)))
    return dict(found.get("wordpress") or WRONG)


def picture(account: PracticeAccount) -> dict[str, Any]:
    """Machines, disks, addresses, firewalls, roles and profiles."""
    blog = machine(account)
    ec2, iam = account.session.client("ec2"), account.session.client("iam")
    roles = [each["RoleName"] for each in iam.list_roles()["Roles"]]
    machines = [each for group in ec2.describe_instances()["Reservations"] for each in group["Instances"]]
    shown = {
        "machines": [
            {
                "id": each["InstanceId"], "type": each["InstanceType"], "image": each["ImageId"],
                "groups": each["SecurityGroups"], "tags": each.get("Tags"), "metadata": each.get("MetadataOptions"),
            }
            for each in sorted(machines, key=lambda each: str(each.get("Tags")))
            if each["State"]["Name"] != "terminated"
        ],
        "volumes": [each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]],
        "addresses": ec2.describe_addresses()["Addresses"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "profiles": {
            each["InstanceProfileName"]: ([role["RoleName"] for role in each["Roles"]], each.get("Tags"))
            for each in iam.list_instance_profiles()["InstanceProfiles"]
        },
        "roles": {
            name: (iam.list_role_tags(RoleName=name)["Tags"], iam.list_role_policies(RoleName=name)["PolicyNames"])
            for name in roles
        },
        "blog": on_it(account) if blog else {},
    }  # fmt: skip
    read: dict[str, Any] = json.loads(json.dumps(shown, default=str, sort_keys=True))
    return read


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"instance": made["machine"]}


def _killed(answers: Mapping[str, Any], *decided: str) -> Case:
    return Case(
        "wordpress",
        answers,
        lambda account: by_kind(picture(account)),
        re.compile(
            r"\b(i|sg|sgr|vol|eni|eipalloc|eipassoc)-[0-9a-f]{8,17}\b|\b127\.\d+\.\d+\.\d+\b|\b10\.0\.0\.\d+\b"
            r"|\bAIPA\w+\b|\bAROA\w+\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?"
        ),
        decided=decided,
        accept=("set-up-page-open",),
    )


CASES: Mapping[str, Case] = {
    "wordpress, a new machine": _killed(NEW, "last_snapshot=no"),
    "wordpress, put right": _killed(EXISTING),
}
"""What is killed at every moment of it."""
