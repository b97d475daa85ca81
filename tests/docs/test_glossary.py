"""Every technical word that people are shown has an entry in the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from support.sources import SOURCES, name_of, nodes

import flows
from flows import glossary
from flows.engine import Choice, Picks, Question
from flows.engine.asked import Asked
from flows.tasks import TASKS
from flows.tasks import find as task

CODE = re.compile(r"^(?:SELECT|SHOW|CALL) |[|@]|==|&&|\['|\[\?|\{\w+:|<<|' EXIT")
"""Commands of databases, queries of answers, expressions and pieces of scripts."""
CAPITALS = re.compile(r"(?<![\w:./{“-])[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?![\w:/}*-])|\bS3\b")
PRODUCTS = re.compile(
    r"\b(?:(?:Cloud|Code|Event)[A-Z]\w+|Route 53|Lambda|Aurora|Systems Manager|Secrets Manager|Elastic IP|WordPress|"
    r"Auto Scaling|GitHub|GitLab|Bitbucket|PostgreSQL|MySQL|strongSwan|Origin Access Control|Block Public Access|"
    r"Data API)\b"
)
PLAIN = {
    "AWS", "USD", "US", "UTC", "GB", "KB", "MB", "TB", "ID", "OK",  # known to everybody who comes here
    "DELETED", "NOT", "ON", "OFF", "NAME", "KEY", "VALUE", "FILE", "RUN", "TAKE",  # words said aloud, or filled in
    "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN",
    "README", "MODE", "SELECT", "ADDRESS", "ACCEPT", "REJECT",  # names of files, settings and commands
    "E1A2B3C4D5E6F7", "SHOW", "FULL", "PROCESSLIST", "CALL",  # an example, and what is typed to a database
}  # fmt: skip
WALK = """on-premises, CIDR, BGP, propagation, network ACL, IKEv2, host bits, NAT, origin, Origin Access Control,
distribution, ACL, invalidation, listener, default action, target, #{host}:#{port}, X-Forwarded-Proto,
cluster, instance, JDBC, SQL over HTTPS, ARN, image, disk, ARM, instance profile, Elastic IP,
mod_rewrite, CodeCommit, artifacts, public policy, at least once, CloudTrail, EventBridge, versioning,
ASN, ACU, route table, security group, OAC, hosted zone, AMI, IMDSv2"""
"""Words at which newcomers stopped."""


def asked(form: type[Asked]) -> Iterator[str]:
    """What a question shows: itself, why, the way out, and the options that are written down."""
    for question in form.questions:
        yield from (question.ask, question.why, question.label, question.empty, *labels(question))


def labels(question: Question[object]) -> Iterator[str]:
    if isinstance(question, Choice | Picks):
        yield from (option.label for option in question.written)


def questions() -> Iterator[str]:
    for flow in flows.every():
        yield from (flow.title, flow.summary(), *asked(flow), *asked(flow.check))
    for name in TASKS:
        yield from asked(task(name).asks)


def sentences(module: str) -> Iterator[str]:
    """What is said in a room: every text of several words that is no docstring, no query and no script."""
    documented = {id(each.value) for each in nodes(SOURCES[module]) if isinstance(each, ast.Expr)}
    for each in nodes(SOURCES[module]):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in documented:
            text = each.value.strip()
            if " " in text and not text.isupper() and not CODE.search(text):
                yield text


def technical(text: str) -> set[str]:
    return {found for pattern in (CAPITALS, PRODUCTS) for found in pattern.findall(text)} - PLAIN


def unknown(texts: Iterator[str]) -> set[str]:
    return {word for text in texts for word in technical(text) if glossary.find(word) is None}


def test_what_is_asked_uses_no_word_without_an_entry() -> None:
    assert unknown(questions()) == set()


def test_what_is_told_uses_no_word_without_an_entry() -> None:
    ours = tuple(f"flows.{name}." for name in ("aws", "tasks", *flows.SET_UPS))
    products = "flows.aws.vpn_devices"
    """What other makers call theirs."""
    rooms = [each for each in SOURCES if each.startswith(ours) and ".device" not in each and each != products]
    found = {word: name_of(SOURCES[room]) for room in rooms for word in unknown(sentences(room))}
    assert found == {}


def test_the_words_at_which_newcomers_stopped_are_in_it() -> None:
    assert [word for word in WALK.replace("\n", " ").split(", ") if glossary.find(word.strip()) is None] == []


def test_an_entry_is_a_line_or_two_and_no_form_is_in_two() -> None:
    forms = [form for word in glossary.words() for form in word.forms]
    assert sorted(forms) == sorted(set(forms))
    assert [
        word.name for word in glossary.words() if not (word.meaning.endswith(".") and len(word.meaning) <= 240)
    ] == []
    text = (SOURCES["flows.glossary"].with_suffix(".txt")).read_text()
    assert glossary.ENTRY.sub("", text) == "", "every line belongs to an entry"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Which VPCs may it reach?", ["VPC"]),
        ("Security groups, and the network ACLs of both subnets.", ["network ACL", "security group", "subnet"]),
        ("Buckets: my-s3-bucket, targets", ["bucket", "target group"]),
        ("#{host}:#{port} stays", ["#{host}:#{port}"]),
        ("It is an exported thing with no word.", []),
    ],
)
def test_words_are_found_in_several_and_at_the_beginning_of_a_sentence(text: str, found: list[str]) -> None:
    assert [word.name for word in glossary.standing_in([text])] == found


@pytest.mark.parametrize(
    ("set_up", "text", "found"),
    [
        ("vpn", "Of that connection", "VPN connection"),
        ("peering", "Undo deletes the connection.", "peering"),
        ("spa_pipeline", "The new connection waits", "CodeConnections"),
        ("aurora", "Connections keep it awake", "database connection"),
        ("aurora", "Two zones are required", "availability zone"),
        ("website", "The zone of the name", "hosted zone"),
        ("database_hours", "Time zone", "time zone"),
        ("spa_pipeline", "It decides on the image.", "build image"),
        ("share_ami", "Your image", "AMI"),
        ("alb", "What the policy says", "TLS policy"),
        ("s3_lambda", "What the policy says", "policy"),
        ("alb", "No targets", "target group"),
        ("database_hours", "Its target", "rule's target"),
    ],
)
def test_a_word_means_what_it_means_in_its_set_up(set_up: str, text: str, found: str) -> None:
    assert [word.name for word in glossary.standing_in([text], set_up)] == [found]


def test_where_no_set_up_is_named_all_that_it_means_is_told() -> None:
    several = ["CodeConnections", "database connection", "peering", "VPN connection"]
    assert [word.name for word in glossary.standing_in(["Which connection?"])] == several
    assert [word.name for word in glossary.meanings("connections")] == several


def test_words_of_a_set_up_name_one_that_there_is() -> None:
    named = {where for word in glossary.words() for each in word.here.values() for where in each}
    assert named <= {*flows.SET_UPS}


def test_each_entry_stands_alone() -> None:
    """F1 shows those of the words at hand, without what stands before them in the file."""
    leaning = ("The same", "The other", "Such", "Another", "Likewise", "The opposite", "The former", "The latter")
    assert [word.name for word in glossary.words() if word.meaning.startswith(leaning)] == []
