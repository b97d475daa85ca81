"""Databases as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import pytest
from aurora.cases import SLEEPY, session
from aurora.standing import ARN, Answer, As, State, beside, cluster, looked_at, texts
from aurora.states import STATES
from support.clouds import Between

import flows
from flows.aurora import checks, diagnosis
from flows.aurora.diagnosis import diagnose
from flows.engine import Call, Finding, Place, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import PracticeAccount
from flows.tasks import find


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.some(every=3)
def test_a_state_has_its_verdict(shared: PracticeAccount, state: State) -> None:
    found = looked_at(shared, state.name, *state.told)
    assert (found.status.value, found.cause) == (state.status, state.cause), texts(found)
    assert state.says in texts(found)
    assert state.remedy in (found.because.remedy if found.because else "")
    assert not [each.id for each in found.findings if each.id.startswith(state.never or ("never",))]
    assert "{" not in texts(found)


OTHER_ENGINES = [
    {"DBClusterIdentifier": "graph", "Engine": "neptune"},
    {"DBClusterIdentifier": "papers", "Engine": "docdb"},
    {"DBClusterIdentifier": "three", "Engine": "postgres"},
]


@pytest.mark.parametrize("other", OTHER_ENGINES, ids=lambda other: other["Engine"])
def test_what_is_not_auroras_is_in_no_list(shared: PracticeAccount, other: dict[str, str]) -> None:
    """RDS lists clusters of other services among its own; each is said to be what it is."""
    from flows.aws import serverless_clusters

    cloud = As(Aws(Place(practice=True), shared.session), beside(**other))
    assert [each["DBClusterIdentifier"] for each in serverless_clusters.serverless(cloud)] == ["reports", "loyalty"]
    with pytest.raises(Refused, match="is no Aurora database"):
        list(diagnose(cloud, other["DBClusterIdentifier"]))
    with pytest.raises(Refused, match="not known in the serverless databases") as refused:
        find("database-awake").meant(cloud, "nope", "look")  # type: ignore[attr-defined]
    assert other["DBClusterIdentifier"] not in str(refused.value)
    with pytest.raises(Refused, match="exists already"):
        session(cloud, None, {**SLEEPY, "name": other["DBClusterIdentifier"]})


def test_limits_that_are_not_those_asked_for_are_told(shared: PracticeAccount) -> None:
    """Both numbers, as people write them; also where AWS tells none."""
    outputs = {"cluster": "loyalty", "secret": "", "arn": ARN, "endpoint": "e", "port": "5432", "database": "d"}
    facts = {"min_capacity": "0", "max_capacity": "8", "storage": "aurora", "data_api": False, "outside": False}
    facts |= {"engine": "aurora-postgresql"}
    nothing = cluster(ServerlessV2ScalingConfiguration=None)
    for told, words in (({}, "MaxCapacity is 4, asked for 8"), (nothing, "MinCapacity is not told, asked for 0")):
        cloud = As(Aws(Place(practice=True), shared.session), told)
        found: Finding = flows.find("aurora").handover(cloud, outputs, facts).findings[0]
        assert words in found.evidence


def test_a_subnet_with_ipv6_alone_is_passed_over(shared: PracticeAccount) -> None:
    def tell(answer: Answer, _: Call) -> None:
        alone = {"SubnetId": "subnet-6", "AvailabilityZone": "eu-central-1a", "CidrBlock": "", "Ipv6Native": True}
        answer["Subnets"] += [alone, {key: value for key, value in alone.items() if key != "CidrBlock"}]

    cloud = As(Aws(Place(practice=True), shared.session), {"DescribeSubnets": tell})
    assert not session(cloud, None).review().refusals


ONLY_BEFOREHAND = {
    "names": "a name is free, or it is the database's own",
    "room": "a quota is asked of what is still to be made",
    "first-visitor-waits": "said of an answer; the check says it of clients",
    "connections-limited": "said of an answer",
    "key-cannot-be-shared": "the key of a cluster cannot be changed later",
    "never-sleeps": "said of an answer; the check says keeps-awake-minimum",
    "version-cannot-sleep": "the check says keeps-awake-version",
    "password-changes": "what AWS does by itself with the password of each one is nothing that could be wrong",
    "permissions": "what may be done is asked of what is still to be done",
}


@pytest.mark.parametrize("change", [{}, {"version": "14.9", "min_capacity": "0.5"}], ids=["new", "old"])
def test_a_check_knows_what_was_known_beforehand(shared: PracticeAccount, change: dict[str, str]) -> None:
    cloud = Aws(Place(practice=True), shared.session)
    answers = {**SLEEPY, **change}
    if change:
        answers.pop("auto_pause_minutes")
    review = session(cloud, None, answers).review()
    known = {each.id.partition(":")[0] for each in (*review.findings, *review.cautions)} - ONLY_BEFOREHAND.keys()
    limits = {"MinCapacity": float(answers["min_capacity"]), "MaxCapacity": 4}
    told = cluster(EngineVersion=answers.get("version", "17.5"), ServerlessV2ScalingConfiguration=limits)
    found = looked_at(shared, "loyalty", told)
    assert known <= {each.id.partition(":")[0] for each in found.findings}


def test_the_rules_of_before_are_those_of_after() -> None:
    assert {*checks.RULES} < {*diagnosis.RULES, *diagnosis.LAST}


def test_the_calls_of_a_check_are_counted(shared: PracticeAccount) -> None:
    """They do not grow with the databases beside it."""
    cloud = Between(Aws(Place(practice=True), shared.session))
    list(diagnose(CachedCloud(cloud), "loyalty"))
    assert len(cloud.calls) == CALLS
    beside_it = Between(As(Aws(Place(practice=True), shared.session), beside(DBClusterIdentifier="more")))
    list(diagnose(CachedCloud(beside_it), "loyalty"))
    assert len(beside_it.calls) == CALLS


CALLS = 11
