"""Looking never wakes; waking wakes; and what raising the minimum changes is put back, whatever happens."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from support.clock import FakeClock
from support.clouds import Between

import flows
from flows.aurora import wake
from flows.engine import Call, CloudError, Event, Happening, Problem, Refused
from flows.engine.boto import Aws
from flows.engine.refusals import changes, explain
from flows.engine.repair import why_not
from flows.engine.sending import Stopped
from flows.engine.task import Outcome, Surroundings
from flows.tasks import TASKS, find

Do = Callable[..., Outcome]


class Performed:
    """The task on an account, with what it told."""

    def __init__(self, cloud: Any) -> None:
        self.cloud, self.events, self.stop = cloud, list[Event](), threading.Event()

    def __call__(self, **given: str) -> Outcome:
        around = Surroundings(self.cloud, self.events.append, self.stop, FakeClock())
        return find("database-awake").perform(given, around)


@pytest.fixture
def between(cloud: Aws) -> Between:
    return Between(cloud)


@pytest.fixture
def task(between: Between) -> Performed:
    return Performed(between)


def limits(rds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    return {**found["ServerlessV2ScalingConfiguration"], "tags": found.get("TagList", [])}


@pytest.mark.wild
def test_asleep_and_since_when(task: Performed, between: Between) -> None:
    """Exit code 10, its instance's capacity and the time of that datum; looking changes and wakes nothing."""
    for _ in range(2):
        outcome = task(cluster="reports")
        assert outcome.code == 10
        assert "reports is asleep since" in outcome.sentence
        assert "Last datum: 0 ACU at" in outcome.sentence
        assert (outcome.facts["state"], outcome.facts["capacity"]) == ("asleep", 0.0)
        assert outcome.facts["since"] < outcome.facts["last_datum"]
        assert outcome.facts["instances"][0]["id"] == "reports-1"
    assert not [call for call in between.calls if changes(call)]
    asked = next(call for call in between.calls if call.operation == "cloudwatch.GetMetricData")
    dimensions = [query["MetricStat"]["Metric"]["Dimensions"][0]["Name"] for query in asked.params["MetricDataQueries"]]
    assert dimensions[:2] == ["DBInstanceIdentifier", "DBClusterIdentifier"]


def test_awake_and_what_keeps_it(task: Performed) -> None:
    outcome = task(cluster="loyalty")
    assert outcome.code == 0
    assert outcome.facts["keeps_awake"] == ["connections"]
    held = outcome.findings[0]
    assert "At least 2 connections were open all the time." in held.sentence
    assert "pg_stat_activity" in held.remedy or "FULL PROCESSLIST" in held.remedy, "the commands only"
    assert why_not(flows.find("aurora"), held, outcome.findings) == "Nobody else's connections are ended."


def test_all_of_them_at_once(task: Performed) -> None:
    """The worst code of all, and each in its own words."""
    outcome = task()
    assert outcome.code == 10
    assert [each["cluster"] for each in outcome.facts["databases"]] == ["reports", "loyalty"]


def test_unknown_is_said(between: Between) -> None:
    """No data of the instance, none of the cluster, no events: exit code 11, not a guess."""

    class Silent(Between):
        def pages(self, call: Call) -> Any:
            for page in super().pages(call):
                for each in page.get("MetricDataResults", []):
                    each |= {"Timestamps": [], "Values": []}
                yield {**page, "Events": []}

    outcome = Performed(Silent(between))(cluster="reports")
    assert outcome.code == 11
    assert "It is not known whether reports is asleep" in outcome.sentence


def test_the_cluster_is_asked_where_its_instance_has_no_data(between: Between) -> None:
    class OnlyCluster(Between):
        def pages(self, call: Call) -> Any:
            for page in super().pages(call):
                if call.operation == "cloudwatch.GetMetricData":
                    for each in page["MetricDataResults"]:
                        if each["Id"].startswith("i"):
                            each |= {"Timestamps": [], "Values": []}
                yield {**page, "Events": []} if "Events" in page else page

    assert Performed(OnlyCluster(between))(cluster="reports").code == 10


def test_waking_over_https(task: Performed, between: Between, rds: Any) -> None:
    """Asked until it answers, with the usual time shown; its settings are not touched."""
    before = limits(rds, "reports")
    outcome = task(cluster="reports", do="wake")
    assert outcome.code == 0
    assert "reports is awake after" in outcome.sentence
    assert {call.operation for call in between.calls if changes(call)} == {"rds-data.ExecuteStatement"}
    waits = [event for event in task.events if event.kind is Happening.WAITING]
    assert "15 to 30 seconds are usual" in waits[0].sentence
    assert waits[0].typical == 30
    assert limits(rds, "reports") == before
    assert task(cluster="reports").code == 0


def asleep_without_data_api(rds: Any) -> None:
    rds.modify_db_cluster(DBClusterIdentifier="reports", EnableHttpEndpoint=False)


def test_waking_by_raising_the_minimum(task: Performed, between: Between, rds: Any) -> None:
    """Where there is no SQL over HTTPS; the pause is put back too, and no tag stays."""
    asleep_without_data_api(rds)
    before = limits(rds, "reports")
    outcome = task(cluster="reports", do="wake")
    assert outcome.code == 0
    raised = [
        call.params["ServerlessV2ScalingConfiguration"] for call in between.calls if call.name == "ModifyDBCluster"
    ]
    assert [each["MinCapacity"] for each in raised] == [0.5, 0.0]
    assert limits(rds, "reports") == before
    names = [call.name for call in between.calls if changes(call)]
    assert names == ["AddTagsToResource", "ModifyDBCluster", "ModifyDBCluster", "RemoveTagsFromResource"]


@pytest.mark.wild
def test_holding_it_awake(task: Performed, rds: Any) -> None:
    """The person is told beforehand what to run if the program dies; the time is waited; all is as before."""
    before = limits(rds, "reports")
    outcome = task(cluster="reports", do="hold", minutes="90")
    assert outcome.code == 0
    first, *rest = task.events
    assert "handrail task database-awake --set cluster=reports --set do=release" in first.sentence
    assert any(event.typical == 90 * 60 for event in rest)
    assert limits(rds, "reports") == before


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.some(1)
def test_a_refusal_at_any_step_leaves_it_as_it_was_or_says_what_to_run(cloud: Aws, rds: Any, at: int) -> None:
    """Denied at the n-th change: put back at once; where putting back is what was denied, the sentence says how."""
    asleep_without_data_api(rds)
    before = limits(rds, "reports")
    count = [0]

    def strike(_: int, call: Call) -> None:
        if changes(call):
            count[0] += 1
            if count[0] == at:
                raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})

    with pytest.raises(CloudError) as refused:
        Performed(Between(cloud, before=strike))(cluster="reports", do="hold", minutes="5")
    if limits(rds, "reports") != before:
        assert "do=release" in refused.value.remedy
        assert Performed(cloud)(cluster="reports", do="release").facts["put_back"]
    assert limits(rds, "reports") == before


@pytest.mark.parametrize("when", [Happening.STARTED, Happening.WAITING])
@pytest.mark.some("waiting")
def test_leaving_puts_it_back(task: Performed, rds: Any, when: Happening) -> None:
    """Ctrl-C while it wakes, or while it is held."""
    asleep_without_data_api(rds)
    before = limits(rds, "reports")

    def tell(event: Event) -> None:
        task.events.append(event)
        if event.kind is when:
            task.stop.set()

    around = Surroundings(task.cloud, tell, task.stop, FakeClock())
    try:
        find("database-awake").perform({"cluster": "reports", "do": "hold", "minutes": "60"}, around)
    except Problem as problem:
        assert isinstance(problem, Stopped)
        assert problem.exit_code == 130
    assert limits(rds, "reports") == before
    assert task.events[-1].kind is Happening.RESTORED


@pytest.mark.wild
def test_a_process_that_died_while_holding(task: Performed, rds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its minimum stays raised; looking says so, and release puts back what stood there, also after a second hold."""
    before = limits(rds, "reports")
    with monkeypatch.context() as died:
        died.setattr(wake.Waking, "release", lambda self: True)
        task(cluster="reports", do="hold", minutes="1")
        task(cluster="reports", do="hold", minutes="1")
    assert limits(rds, "reports")["MinCapacity"] == 0.5
    outcome = task(cluster="reports")
    assert outcome.facts["keeps_awake"] == ["minimum"]
    assert any("Its minimum was raised until" in step and "do=release" in step for step in outcome.next_steps)
    assert task(cluster="reports", do="release").facts["put_back"] is True
    assert limits(rds, "reports") == before
    assert task(cluster="reports", do="release").facts["put_back"] is False


@pytest.mark.wild
def test_what_somebody_changed_meanwhile_is_left(task: Performed, rds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as died:
        died.setattr(wake.Waking, "release", lambda self: True)
        task(cluster="reports", do="hold", minutes="1")
    theirs = {"MinCapacity": 2.0, "MaxCapacity": 8.0}
    rds.modify_db_cluster(DBClusterIdentifier="reports", ServerlessV2ScalingConfiguration=theirs)
    task(cluster="reports", do="release")
    assert "Somebody changed the limits" in task.events[-1].sentence
    assert limits(rds, "reports") == {**theirs, "tags": []}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"cluster": "nope"}, "“nope” is not known in the serverless databases of eu-central-1."),
        ({"do": "nap"}, "do: “nap” is not known."),
        ({"do": "wake"}, "Which one? There are reports, loyalty."),
        ({"cluster": "reports", "do": "hold", "minutes": "0"}, "minutes: “0” will not do."),
        ({"cluster": "reports", "do": "hold", "minutes": "10081"}, "Give 1 to 10080 (one week)"),
        ({"cluster": "reports", "minutes": "5"}, "minutes goes with do=hold"),
    ],
)
@pytest.mark.some(5)
def test_a_refusal_has_its_sentence(task: Performed, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        task(**given)
    assert sentence in str(refused.value)


def test_every_task_is_listed_as_it_calls_itself() -> None:
    for name, summary in TASKS.items():
        assert find(name).summary() == summary
        assert not find(name).argument or find(name).argument in [each.id for each in find(name).asks.questions]


def test_on_the_command_line(cloud: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is the answer, JSON goes to stdout, and the signal handler is given back."""
    from tui.cli.main import main

    monkeypatch.setattr("flows.accounts.sign_in", lambda *_: cloud)
    handler = signal.getsignal(signal.SIGINT)
    codes = {}
    for words in (
        ["reports"],
        ["--set", "cluster=loyalty"],
        ["reports", "--set", "x=1"],
        ["reports", "--set", "cluster=a"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(["task", "database-awake", *words, "--output", "json"])
        codes[" ".join(words)] = ended.value.code
        document = json.loads(capsys.readouterr().out)
        assert document.get("code", 2) == ended.value.code or "error" in document
    assert list(codes.values()) == [10, 0, 2, 2]
    assert signal.getsignal(signal.SIGINT) == handler
