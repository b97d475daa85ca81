"""`check` where nobody can be asked: every missing key with what there is, and everything in the region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.clouds import Between
from support.command import Account, Command

import flows
from flows.engine import Call, Choice, Option, Refused, Session
from flows.engine.asked import NOT_LISTED
from flows.engine.boto import Aws
from flows.engine.check import Check
from flows.engine.checking import candidates
from flows.engine.missing import may_be
from flows.engine.problems import Denied
from flows.practice import ACCOUNT_ID, PracticeAccount
from tui.cli.which_one import Unnamed


@pytest.mark.quick
def test_what_is_missing_and_what_there_is(handrail: Command, museum: Account) -> None:
    told = handrail("check", "alb", *museum.at)
    assert told.code == 2 and told.out == ""
    assert told.err.startswith("Which one? Missing: load_balancer\n  load_balancer: Which")
    assert "\n  shop  internet-facing" in told.err and "\n  office  " in told.err
    assert told.err.endswith("Add --set load_balancer=shop.\n")
    document = handrail("check", "alb", "--output", "json", *museum.at).json
    assert set(document) == {"error", "missing", "candidates"}
    assert set(document["error"]) == {"code", "message", "remedy", "action"}
    assert [[each["key"] for each in way] for way in document["missing"]] == [["load_balancer"]]
    (found,) = document["candidates"]
    assert [each["name"] for each in found["options"]] == ["shop", "office"] and found["more"] == 0


def test_an_unknown_key_hides_neither_another_nor_what_is_missing(handrail: Command, museum: Account) -> None:
    told = handrail("check", "alb", "--set", "foo=1", "--set", "lod_balancer=shop", *museum.at)
    assert told.code == 2
    for part in (
        "“foo” is not known",
        "Did you mean “load_balancer”?",
        "Missing: load_balancer\n",
        "\n  shop  internet",
    ):
        assert part in told.err
    whole = handrail("check", "alb", "--set", "foo=1", "--set", "load_balancer=shop", *museum.at)
    assert whole.code == 2 and "Missing" not in whole.err


def test_what_a_plan_lacks_is_told_with_what_there_is(handrail: Command, museum: Account, tmp_path: Path) -> None:
    """As a wrong value is, from the first page of each list, and without what depends on another missing answer."""
    log = tmp_path / "log"
    told = handrail("plan", "vpn", "--set", "vpc=shop", "--set", "adress=1", "--log", log, *museum.at)
    assert told.code == 2 and "“adress” is not known" in told.err
    assert "There are, for route_tables:\n  rtb-" in told.err and "  shop-public  public, 2 subnets" in told.err
    assert [line.split()[1] for line in log.read_text().splitlines() if "ec2." in line] == [
        "ec2.DescribeVpcs", "ec2.DescribeRouteTables",
    ]  # fmt: skip
    document = handrail("run", "peering", "--set", "vpc=shop", "--yes", "--output", "json", *museum.at).json
    assert [each["key"] for each in document["missing"]] == ["peer_region", "peer_vpc"]
    (regions,) = document["candidates"]
    assert len(regions["options"]) == 8 and regions["more"] > 0, "a list is bounded, and peer_vpc depends on the region"
    plan = handrail("plan", "peering", "--set", "vpc=shop", "--set", "peer_region=eu-central-1", *museum.at)
    assert "  staging  " in plan.err and "  shop  " not in plan.err, "a VPC is not connected to itself"


def test_a_list_that_is_empty_or_closed_is_told_as_such(handrail: Command, museum: Account, cloud: Aws) -> None:
    """Not left out as if there were no list, where a script is to say what it did not."""
    elsewhere = ("--endpoint-url", museum.url, "--region", "eu-north-1")
    document = handrail("plan", "alb", "--set", "status=301", "--output", "json", *elsewhere).json
    assert [each["key"] for each in document["missing"]] == ["load_balancer"]
    (found,) = document["candidates"]
    assert (found["key"], found["options"]) == ("load_balancer", [])
    assert found["trouble"].startswith("There is no Application Load Balancer in this region.")
    said = handrail("check", "s3_pipeline", *elsewhere).err
    assert "No pipeline in this region has a file in S3" in said and "There are, for pipeline" not in said
    typed = handrail("plan", "s3_pipeline", "--output", "json", *elsewhere).json
    assert len(typed["missing"]) == 3, "also where no list is known of what is missing"

    website, meddled = flows.find("website"), Between(cloud, before=_closed)
    (bucket, *_) = may_be(Session(website, meddled), website.questions[:1])
    assert bucket.trouble.startswith("You may not") and bucket.options == ()


def _closed(_: int, call: Call) -> None:
    raise Denied("You may not list the buckets.", permission="s3:ListAllMyBuckets")


def test_every_key_of_every_way_is_named(handrail: Command, museum: Account) -> None:
    told = handrail("check", "website", *museum.at)
    assert told.code == 2 and "Missing: distribution or domain\n" in told.err
    assert "There is no distribution in this account" in told.err
    both = handrail("check", "share_ami", *museum.at)
    assert "Missing: image and account\n" in both.err
    assert "Missing: account\n" in handrail("check", "share_ami", "--set", "image=ami-1", *museum.at).err
    own = handrail("check", "share_ami", "--set", "image=ami-1", "--set", f"account={ACCOUNT_ID}", *museum.at)
    assert own.code == 2 and f"{ACCOUNT_ID} is your own account" in own.err


def test_who_has_a_share_is_told_where_only_the_receiver_is_missing(account: PracticeAccount, cloud: Aws) -> None:
    ec2: Any = account.session.client("ec2")
    machine = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=machine, Name="golden")["ImageId"]
    users = [{"UserId": number} for number in ("210987654321", "111122223333")]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": users})
    check = flows.find("share_ami").check
    for named in (image, "golden"):
        (found,) = candidates(check, {"image": named}, cloud)
        assert {each.key for each in found.options} == {"210987654321", "111122223333"} and found.key == "account"
    assert candidates(check, {"image": "ami-0123456789abcdef0"}, cloud) == []


def test_each_check_says_in_words_what_it_is_about() -> None:
    said = [flow.check.what for flow in flows.every() if flow.check.questions]
    assert all(0 < len(each) < 24 for each in said) and len({*said}) == len(said)


def test_without_a_way_in_the_keys_are_told_all_the_same(handrail: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    told = handrail("check", "vpn")
    assert told.code == 2 and "Missing: connection" in told.err and "credentials" in told.err


class Long(Check):
    """One of many."""

    title = "It does not work"
    thing = Choice("Which?", lambda flow: _many())


def _many() -> Iterator[Option[str]]:
    yield from (Option(f"thing-{number}", f"thing-{number}", f"Thing {number}") for number in range(31))


def test_of_many_twenty_are_told_and_how_many_more(cloud: Aws) -> None:
    (found,) = candidates(Long, {}, Between(cloud))
    assert (len(found.options), found.more) == (20, 11)
    refused = Unnamed("long", Long.missing({}), [found])
    assert "\n  thing-19  Thing 19\n  and 11 more" in refused.what and "thing-20" not in refused.what


def test_what_a_check_takes(handrail: Command) -> None:
    told = handrail("questions", "s3_pipeline", "--check")
    assert told.out.startswith("pipeline\n    Which pipeline?\n") and "event (instead of pipeline)\n" in told.out
    listed = handrail("questions", "website", "--check", "--output", "json").json
    assert [(each["key"], each["default"]) for each in listed] == [
        ("distribution", ""),
        ("domain", ""),
        ("probe", "no"),
    ]


@pytest.mark.wild
def test_everything_in_the_region(handrail: Command, museum: Account) -> None:
    told = handrail("check", *museum.at)
    assert told.code == 3
    first, *rows = told.out.splitlines()
    assert first.startswith("Of 9 things in eu-central-1: ")
    assert rows[0].startswith("[broken] Load balancer: office – Port 443 is closed")
    assert "Left out: WordPress." in told.out and "--set probe=yes" in told.err
    assert "9 of 9  [" in told.err and "9 of 9  [" not in told.out
    document = handrail("check", "--output", "json", *museum.at)
    assert document.code == 3
    assert set(document.json) == {"region", "account", "checks", "status", "left_out", "version"}
    assert document.json["status"] == "broken" and document.json["account"]
    found = [each["status"] for each in document.json["checks"]]
    assert found == sorted(found, key=["broken", "unknown", "waiting", "works_but", "works"].index)
    alone = document.json["checks"][0]
    assert set(alone) == {"flow", "subject", "name", "status", "cause", "findings", "run"}
    key, value = next(iter(alone["subject"].items()))
    same = handrail("check", alone["flow"], "--set", f"{key}={value}", "--output", "json", *museum.at).json
    assert {**same, "name": alone["name"]} == {**alone, "version": 1}, "opened alone it says the same"


def test_what_the_check_of_everything_does_not_take(handrail: Command, museum: Account) -> None:
    assert "“conection” is not known" in handrail("check", "--set", "conection=x", *museum.at).err
    assert "neither yes nor no" in handrail("check", "--set", "probe=maybe", *museum.at).err
    assert "Which one is to be mended?" in handrail("check", "--fix", "all", *museum.at).err


def test_each_check_is_in_the_menu_by_its_trouble() -> None:
    assert {name: title for name, (title, _) in flows.CHECKS.items()} == {
        flow.id: flow.check.title for flow in flows.every()
    }


def connected(ec2: Any, name: str) -> str:
    """The id of a peering connection of that name, from the shop to a new VPC."""
    (found,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]
    new = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(
        VpcId=found["VpcId"], PeerVpcId=new,
        TagSpecifications=[{"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "Name", "Value": name}]}],
    )  # fmt: skip
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def named_things(account: PracticeAccount) -> None:
    """A colleague's, each with a name or without one."""
    ec2: Any = account.session.client("ec2")
    machine = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    ec2.create_image(InstanceId=machine, Name="golden")
    connected(ec2, "shop-west")
    gateway = ec2.create_customer_gateway(BgpAsn=65000, PublicIp="198.51.100.7", Type="ipsec.1")["CustomerGateway"]
    ec2.create_vpn_connection(
        CustomerGatewayId=gateway["CustomerGatewayId"], Type="ipsec.1",
        VpnGatewayId=ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"],
        TagSpecifications=[{"ResourceType": "vpn-connection", "Tags": [{"Key": "Name", "Value": "berlin"}]}],
    )  # fmt: skip
    account.session.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "1", "Comment": "", "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [
                {"Id": "files", "DomainName": "files.example.com", "CustomOriginConfig": {
                    "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
            "DefaultCacheBehavior": {"TargetOriginId": "files", "ViewerProtocolPolicy": "redirect-to-https"},
        }
    )  # fmt: skip


def test_what_a_list_calls_a_thing_names_it_in_batch_too(account: PracticeAccount, cloud: Aws) -> None:
    """By its name a check finds what it finds by its id, as `questions` and each list promise."""
    named_things(account)
    tried = set()
    for flow in flows.every():
        first, rest = flow.check.questions[0], {"account": "210987654321"} if "share" in flow.id else {}
        assert isinstance(first, Choice)
        for option in first.options(flow.check(cloud)):
            if option.label != option.key and not option.key.startswith(("new", NOT_LISTED)):
                tried.add(flow.id)
                by_name, by_id = ({first.id: text, **rest} for text in (option.label, option.key))
                assert [*flow.diagnose(cloud, by_name)] == [*flow.diagnose(cloud, by_id)], (flow.id, option)
    assert tried >= {"vpn", "peering", "website", "wordpress", "share_ami"}, "else there is nothing to try"


def test_a_name_that_two_connections_have_names_neither(account: PracticeAccount, cloud: Aws) -> None:
    ec2: Any = account.session.client("ec2")
    one, other = connected(ec2, "shop-west"), connected(ec2, "shop-west")
    check = flows.find("peering").diagnose
    with pytest.raises(Refused, match="several peering connections called “shop-west”") as refused:
        [*check(cloud, {"connection": "shop-west"})]
    assert one in refused.value.remedy and other in refused.value.remedy
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=other)
    assert [*check(cloud, {"connection": "shop-west"})], "a name outlives what had it"
    with pytest.raises(Refused, match=r"no peering connection “shopp” .* Here are: .*\(shop-west\)"):
        [*check(cloud, {"connection": "shopp"})]
