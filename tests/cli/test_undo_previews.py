"""What `undo` says before anything is taken back, where nobody is asked: neither more nor less than it would do."""

from __future__ import annotations

import pytest
from peering.cases import MINE
from support.command import Account, Answers, Command


@pytest.fixture
def run(handrail: Command, company: Account, answers: Answers) -> str:
    """Two VPCs, connected; a colleague leads a network of their own over the connection."""
    made = handrail("run", "peering", "--answers", answers(MINE), "--yes", "--output", "json", *company.at)
    assert made.code == 0
    tables = company.ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["shop-public"]}])["RouteTables"]
    company.ec2.create_route(
        RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="10.77.0.0/16",
        VpcPeeringConnectionId=made.json["outputs"]["connection"],
    )  # fmt: skip
    return str(made.json["run"])


def test_what_stays_is_not_among_what_would_be_taken_back(handrail: Command, company: Account, run: str) -> None:
    told = handrail("undo", run, *company.at)
    assert told.code == 2 and "Others have something there:" in told.err and "What stays:\n  stays " in told.err
    taken, stays = told.err.split("Others have something there:")
    assert "- remove      The connection" not in taken and "The connection" in stays
    document = handrail("undo", run, "--output", "json", *company.at).json
    would = [each["what"] for each in document["would_take_back"]]
    assert would and not [each for each in would if each.startswith("The connection")]
    assert not [each for each in document["know"] if each in would], "what goes is told once"
    undone = handrail("undo", run, "--yes", "--output", "json", *company.at).json
    assert len(undone["removed"]) + len(undone["restored"]) == len(would)


def test_nothing_is_begun_before_it_is_refused(handrail: Command, company: Account, run: str) -> None:
    for words in (["--set", "others=maybe"], ["--set", "other=keep"], ["--read-only"]):
        told = handrail("undo", run, "--yes", *words, *company.at)
        assert told.code in (2, 3) and "Taking back" not in told.err, words
