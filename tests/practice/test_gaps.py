"""Every gap that is listed is really one, and what fills it works; everything else is refused politely."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from practice.office import refused

from flows.engine import Call, CloudError
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from flows.practice.gaps import GAPS

Here = Path(__file__).parent


def _python_name(operation: str) -> str:
    from botocore import xform_name

    return str(xform_name(operation))


@pytest.mark.parametrize("gap", [gap for gap in GAPS if "*" not in gap])
def test_a_listed_gap_is_an_operation_and_is_tried_in_a_test(gap: str) -> None:
    service, operation = gap.split(".")
    model = boto3.Session(region_name="eu-central-1").client(service)._service_model  # type: ignore[call-overload]
    assert operation in model.operation_names
    tests = "".join(path.read_text() for path in Here.glob("*.py"))
    assert _python_name(operation) in tests


def test_what_is_listed_as_missing_is_missing_in_moto() -> None:
    from moto.ec2.responses.virtual_private_gateways import VirtualPrivateGateways
    from moto.ec2.responses.vpn_connections import VPNConnections

    own = set(vars(VPNConnections)) | set(vars(VirtualPrivateGateways))
    missing = [gap for gap, what in GAPS.items() if gap.startswith("ec2.") and what.startswith("Missing in moto")]
    assert len(missing) >= 7
    assert not {_python_name(gap.split(".")[1]) for gap in missing} & own


@pytest.mark.wild
def test_what_is_listed_as_wrong_is_wrong_in_moto() -> None:
    """Shown on moto alone, in a process without the gaps, so that a new moto tells which have closed."""
    subprocess.run([sys.executable, Here / "bare_moto.py"], check=True, cwd=Here)


def test_the_caller_is_a_person_of_the_company(account: PracticeAccount) -> None:
    who = account.session.client("sts").get_caller_identity()
    assert (who["Account"], who["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:user/ada")


def test_the_event_history_tells_what_was_practised(account: PracticeAccount) -> None:
    """The latest first, by whom, and about what; calls that carry no name are known by their method and address."""
    client = account.session.client
    key = client("kms").create_key(Description="for practice")["KeyMetadata"]["KeyId"]
    client("kms").schedule_key_deletion(KeyId=key)
    client("s3").put_bucket_notification_configuration(Bucket="fjord-coffee-files", NotificationConfiguration={})

    def told(name: str, value: str) -> list[str]:
        asked = [{"AttributeKey": name, "AttributeValue": value}]
        events = client("cloudtrail").lookup_events(LookupAttributes=asked)["Events"]
        assert {each["Username"] for each in events} == {"ada"}
        return [each["EventName"] for each in events]

    assert told("ResourceName", key) == ["ScheduleKeyDeletion"]
    assert told("ResourceName", "fjord-coffee-files") == ["PutBucketNotification"]
    assert told("EventName", "CreateKey") == ["CreateKey"]


def test_everything_is_allowed(account: PracticeAccount) -> None:
    answer = account.session.client("iam").simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::123456789012:user/ada",
        ActionNames=["ec2:CreateVpnGateway", "ec2:AttachVpnGateway"],
    )
    decisions = [(each["EvalActionName"], each["EvalDecision"]) for each in answer["EvaluationResults"]]
    assert decisions == [("ec2:CreateVpnGateway", "allowed"), ("ec2:AttachVpnGateway", "allowed")]


def test_quotas_are_awss_defaults(account: PracticeAccount) -> None:
    quotas = account.session.client("service-quotas")
    for code, value in {"L-4FB7FF5D": 50, "L-7029FAB6": 5, "L-3E6EC3A3": 50, "L-B91E5754": 10}.items():
        assert quotas.get_service_quota(ServiceCode="ec2", QuotaCode=code)["Quota"]["Value"] == value
    listed = quotas.list_service_quotas(ServiceCode="vpc")["Quotas"]
    assert {"L-0EA8095F", "L-93826ACB"} <= {quota["QuotaCode"] for quota in listed}
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")


def test_the_company_has_no_direct_line(account: PracticeAccount) -> None:
    assert account.session.client("directconnect").describe_virtual_interfaces()["virtualInterfaces"] == []


POLITELY: list[tuple[str, Callable[[Any], Any]]] = [
    ("ec2", lambda ec2: ec2.create_verified_access_instance()),
    ("pricing", lambda pricing: pricing.get_products(ServiceCode="AmazonVPC")),
    ("cloudfront", lambda cloudfront: cloudfront.list_cache_policies()),
    ("route53", lambda route53: route53.test_dns_answer(HostedZoneId="Z1", RecordName="a", RecordType="A")),
    ("account", lambda account: account.list_regions()),
    ("codeconnections", lambda connections: connections.list_connections()),
    ("health", lambda health: health.describe_events()),
    ("cloudformation", lambda cloudformation: cloudformation.list_stacks()),
    ("sts", lambda sts: sts.decode_authorization_message(EncodedMessage="x")),
    ("lambda", lambda functions: functions.list_capacity_providers()),
]


@pytest.mark.parametrize(("service", "call"), POLITELY, ids=[service for service, _ in POLITELY])
def test_what_moto_lacks_is_refused_politely(account: PracticeAccount, service: str, call: Any) -> None:
    with pytest.raises(ClientError, match="not part of the practice account") as refusal:
        call(account.session.client(service))  # type: ignore[call-overload]
    assert refusal.value.response["Error"]["Code"] == "NotPartOfPractice"


def test_what_practice_lacks_is_not_said_of_aws(cloud: Aws) -> None:
    with pytest.raises(CloudError) as refusal:
        cloud.make(Call("codeconnections.ListConnections"))
    assert refusal.value.what == "codeconnections.ListConnections is no part of practice; on AWS it is there."


def test_motos_own_mistakes_are_ordinary_errors(account: PracticeAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    account.session.client("ec2").describe_vpcs()
    from moto.ec2.responses import EC2Response

    def broken(self: Any) -> None:
        raise KeyError("moto")

    monkeypatch.setattr(EC2Response, "describe_vpcs", broken)
    with refused("PracticeFault"):
        account.session.client("ec2").describe_vpcs()


def test_calls_from_many_threads_are_all_kept(account: PracticeAccount) -> None:
    ec2: Any = account.session.client("ec2")
    ec2.describe_vpcs()
    threads = [
        threading.Thread(target=ec2.create_vpc, kwargs={"CidrBlock": f"10.{100 + number}.0.0/16"})
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}) == 23
