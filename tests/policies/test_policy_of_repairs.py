"""The policy of a repair allows every request that it sends, to look, to mend and to take back, and is narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alb.cases import Front
from alb.test_alb_repairs import REALLY as ALB
from policies.test_least_policy import found_again, refused
from s3_lambda.cases import BUCKET, NAME
from s3_lambda.standing import Bucket
from s3_lambda.states import STATES as LAMBDA
from s3_pipeline.cases import BUCKET as ARTIFACTS
from s3_pipeline.cases import KEY, PIPELINE
from s3_pipeline.standing import Delivery
from s3_pipeline.test_s3_pipeline_repairs import REALLY as STARTS
from share_ami.cases import made_by_hand
from share_snapshot.cases import EXISTING, OWN_KEY, own_key
from support.authorized import Watched, kinds
from support.clock import FakeClock
from support.repairs import repairing
from vpn.standing import Edited, connected, reached
from vpn.test_vpn_repairs import REALLY as VPN
from website.standing import Site
from website.test_website_repairs import REALLY as WEBSITE
from wordpress.standing import Blog, port

from flows.engine import Journal, Place
from flows.engine.boto import Aws
from flows.export.policy import policies
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


def of_bucket(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: LAMBDA[state].made(Bucket(account))


def of_pipeline(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: STARTS[state][1](Delivery(account))


def of_front(state: str) -> Callable[[PracticeAccount], Any]:
    return lambda account: ALB[state][2](Front(account))


def of_site(state: str) -> Callable[[PracticeAccount], dict[str, str]]:
    def made(account: PracticeAccount) -> dict[str, str]:
        site = Site(account)
        WEBSITE[state][1](site)
        return {"distribution": site.id}

    return made


def of_office(state: str) -> Callable[[PracticeAccount], dict[str, str]]:
    def made(account: PracticeAccount) -> dict[str, str]:
        office = reached(account)
        VPN[state][1](account.session.client("ec2"), office)
        return {"connection": office.static}

    return made


def without_versions(account: PracticeAccount) -> None:
    account.session.client("s3").put_object(Bucket=ARTIFACTS, Key=KEY, Body=b"PK")


def never_asleep(account: PracticeAccount) -> None:
    limits: Any = {"MinCapacity": 0.5, "MaxCapacity": 4}
    account.session.client("rds").modify_db_cluster(
        DBClusterIdentifier="loyalty", ServerlessV2ScalingConfiguration=limits
    )


def image(account: PracticeAccount) -> dict[str, str]:
    own_key(account)
    return {"image": made_by_hand(account), "account": SECOND_ACCOUNT_ID}


def disabled_image(account: PracticeAccount) -> dict[str, str]:
    asked = image(account)
    account.session.client("ec2").disable_image(ImageId=asked["image"])
    return asked


def disabled_key(account: PracticeAccount) -> dict[str, str]:
    asked, kms = image(account), account.session.client("kms")
    kms.disable_key(KeyId=kms.describe_key(KeyId=OWN_KEY)["KeyMetadata"]["KeyId"])
    return asked


def snapshot(account: PracticeAccount) -> dict[str, str]:
    account.session.client("rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier=EXISTING["snapshot"], TargetDBSnapshotIdentifier="safe", KmsKeyId=own_key(account)
    )
    return {"snapshot": "safe", "account": SECOND_ACCOUNT_ID}


def shut(account: PracticeAccount) -> None:
    Blog(account).groups(port(22))


FUNCTION, STARTED, FRONT = {"bucket": BUCKET, "function": NAME}, {"pipeline": PIPELINE}, {"load_balancer": "shop"}
SCENES: dict[str, tuple[str, Callable[[PracticeAccount], Any], dict[str, str]]] = {
    "a permission": ("s3_lambda", of_bucket("without_permission"), FUNCTION),
    "a rule": ("s3_lambda", of_bucket("rule_switched_off"), FUNCTION),
    "a queue": ("s3_lambda", of_bucket("queue_not_fetched"), FUNCTION),
    "a concurrency": ("s3_lambda", of_bucket("never_runs"), FUNCTION),
    "a pattern": ("s3_pipeline", of_pipeline("another_file"), STARTED),
    "a role": ("s3_pipeline", of_pipeline("may_not_start"), STARTED),
    "asking": ("s3_pipeline", of_pipeline("asks_too"), STARTED),
    "an order": ("alb", of_front("a shadowed rule"), FRONT),
    "a rule's answer": ("alb", of_front("no port, in a rule"), FRONT),
    "https": ("alb", of_front("into nothing"), FRONT),
    "signing": ("website", of_site("not signed"), {}),
    "a key": ("website", of_site("a key for the account"), {}),
    "a route": ("vpn", of_office("no table"), {}),
    "a firewall": ("vpn", of_office("the servers' group is closed"), {}),
    "a network ACL": ("vpn", of_office("the way in is blocked"), {}),
    "a gateway": ("vpn", of_office("not attached"), {}),
    "a network": ("vpn", of_office("no network of the office"), {}),
    "an image": ("share_ami", image, {}),
    "a disabled image": ("share_ami", disabled_image, {}),
    "a disabled key": ("share_ami", disabled_key, {}),
    "a snapshot": ("share_snapshot", snapshot, {}),
    "sleep": ("aurora", never_asleep, {"cluster": "loyalty"}),
    "versions": ("spa_pipeline", without_versions, STARTED),
    "a script": ("wordpress", lambda account: None, {"instance": "blog"}),
    "visitors": ("wordpress", shut, {"instance": "blog"}),
}
CHOSEN = {"sleep": "keeps-awake-minimum", "versions": f"file:{ARTIFACTS}"}
"""What is mended of it, where that is not all."""


@pytest.mark.some("signing")
@pytest.mark.parametrize("scene", SCENES)
def test_every_request_is_allowed(
    account: PracticeAccount, cloud: Aws, journal: Journal, clock: FakeClock, scene: str
) -> None:
    flow, breaks, named = SCENES[scene]
    subject = breaks(account) or named
    watched = Watched(Aws(Place(practice=True), account.session, account.session_of))
    chosen = [CHOSEN[scene]] if scene in CHOSEN else []
    looking = Edited(cloud, connected()) if flow == "vpn" else cloud
    made = repairing(flow, watched, journal, clock, subject, *chosen, looking=looking)
    review, sent = made.review(), watched.asked
    assert [event.problem for event in made.apply() if event.problem] == []
    found_again(made, watched)
    made.hand_over()
    list(made.undo())
    assert made.receipt().complete
    assert sent and refused(policies(review.needs), sent) == []
    stars = {need.action for need in (*review.needs, *review.looks) if need.resource == "*"}
    assert {action for action in stars if any(kinds(action))} == set()
