"""The contract of answers: in a file or by flags, and what is told of those that are wrong, missing or not used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command import Account, Answers, Command
from vpn.cases import BGP, STATIC

import flows


def settings(answers: dict[str, Any]) -> list[str]:
    """Answers as `--set` flags, lists with commas."""
    flat = {key: ",".join(value) if isinstance(value, list) else value for key, value in answers.items()}
    return [word for key, value in flat.items() for word in ("--set", f"{key}={value}")]


@pytest.mark.parametrize("words", [("run", "vpn", "--yes"), ("plan", "vpn"), ("export", "vpn", "--format", "cli")])
def test_every_missing_key_is_named_without_any_account(handrail: Command, words: tuple[str, ...]) -> None:
    ran = handrail(*words)
    assert ran.code == 2
    assert ran.out == ""
    for question in flows.find("vpn").questions:
        wanted = not question.fine_tuning and not question.when.needs and not question.literal
        assert (f"{question.id}: {question.ask} ({question.allowed()})" in ran.err) is wanted


def test_a_key_that_an_answer_makes_necessary_is_missing_too(handrail: Command) -> None:
    for mode, key in (("new_instance", "subnet"), ("existing_instance", "instance")):
        assert f"1 answer is missing:\n  {key}: " in handrail("run", "wordpress", "--set", f"mode={mode}", "--yes").err


def test_a_default_that_is_written_down_counts(handrail: Command, company: Account, answers: Answers) -> None:
    whole = yaml.safe_load(answers(vpc="staging", route_tables=["staging-private"], security_groups=[]).read_text())
    short = {key: value for key, value in whole.items() if key not in ("routing", "security_groups")}
    plans = [
        handrail("plan", "vpn", *settings(given), "--output", "json", *company.at).json | {"answers": ...}
        for given in (whole, short)
    ]
    assert plans[0] == plans[1]


def test_all_faults_are_told_at_once(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--set", "adress=1", "--set", "gateway_ip=nonsense", "--set", "networks=300.1.1.1")
    assert ran.code == 2
    assert ran.err.startswith("4 things are wrong with these answers:\n“adress” is not known in the answers of vpn.")
    first, second, *_ = handrail("plan", "s3_lambda", "--set", "prefx=1", "--set", "sufix=2").err.splitlines()[1:]
    assert "“prefx”" in first and "Did you mean “prefix”?" in first, "beside what it is about"
    assert "“sufix”" in second and "Did you mean “suffix”?" in second
    for fault in ("gateway_ip: “nonsense” is not an IPv4 address.", "networks: “300.1.1.1” is not a network."):
        assert fault in ran.err
    assert "2 answers are missing:\n  vpc: " in ran.err


def test_what_only_the_account_tells_is_told_in_the_same_answer(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    """What hangs by a wrong answer cannot be told; all else is, beside what is badly written and what is missing."""
    wrong = {"networks": ["10.0.5.0/24"], "route_tables": ["shop-public", "nope"], "security_groups": ["webb"]}
    faults = ["networks: 10.0.5.0/24", "route_tables: “nope” is not among", "security_groups: “webb” is not among"]
    for badly, first in (({}, []), ({"gateway_ip": "10.0.0.1"}, ["gateway_ip: 10.0.0.1 is a private address"])):
        told = handrail("plan", "vpn", "--answers", answers(**wrong, **badly), *museum.at)
        headline, *rows = told.err.splitlines()
        assert (told.code, headline) == (2, f"{len(rows)} things are wrong with these answers:")
        expected = [*first, *faults]
        assert all(row.startswith(fault) for row, fault in zip(rows, expected, strict=True)), rows
    lacking = handrail("plan", "vpn", "--answers", answers(**wrong, gateway_ip=None), *museum.at)
    assert lacking.err.startswith("4 things are wrong") and all(f"\n{fault}" in lacking.err for fault in faults)
    assert lacking.err.endswith(")\nAdd them to the answers file, or with --set KEY=VALUE.\n"), "what to do comes last"
    hanging = handrail("plan", "vpn", "--answers", answers(**wrong, vpc="shopp"), *museum.at)
    assert hanging.err.startswith("vpc: “shopp” is not among"), "whose tables they are is not known"


def test_a_secret_that_is_missing_is_not_to_be_said_in_the_open(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    """What the remedy says is taken: a secret by reference alone."""
    own = handrail("plan", "vpn", "--answers", answers(keys="own"), *museum.at)
    assert own.err.endswith("\nAdd them with --set psk_1=@FILE --set psk_2=@FILE.\n")
    both = handrail("plan", "vpn", "--answers", answers(keys="own", gateway_ip=None), *museum.at)
    assert both.err.endswith(
        "\nAdd them to the answers file, or with --set KEY=VALUE; and with --set psk_1=@FILE --set psk_2=@FILE.\n"
    )


def test_an_answer_that_is_not_asked_for_is_named_in_the_review(
    handrail: Command, museum: Account, answers: Answers
) -> None:
    told = handrail("plan", "vpn", "--answers", answers(amazon_asn="64600"), *museum.at).out
    assert told.count("  [note] “amazon_asn” is not asked with these answers; it was not used.") == 1


def test_an_answer_that_was_not_used_is_none_of_the_runs(handrail: Command, company: Account, answers: Answers) -> None:
    """A draft keeps it, as it may be asked for yet; what is confirmed has what it was made of."""
    file = answers(amazon_asn="64600")
    handrail("run", "vpn", "--answers", file, *company.at)
    (draft,) = handrail("runs", "--output", "json").json
    assert handrail("runs", draft["run"], "--output", "json").json["answers"]["amazon_asn"] == "64600"
    ran = handrail("run", "vpn", "--answers", file, "--yes", "--output", "json", *company.at)
    assert ran.code == 0, ran.err
    kept = handrail("runs", ran.json["run"], "--output", "json").json["answers"]
    assert "amazon_asn" not in kept and kept["gateway_ip"]


def test_what_there_is_stands_before_the_remedy(handrail: Command, museum: Account) -> None:
    told = handrail("plan", "vpn", "--set", "vpc=shop", "--set", "adress=1", *museum.at).err
    assert told.index("answers are missing") < told.index("There are, for route_tables") < told.index("Add them to")


def test_a_word_that_is_like_none_gets_all_that_are_known(handrail: Command) -> None:
    told = handrail("plan", "alb", "--set", "what=redirect").err
    assert "“what” is not known in the answers of alb. Known are: load_balancer, " in told


def test_an_unknown_key_gets_the_nearest_known_one(handrail: Command) -> None:
    ran = handrail("plan", "vpn", "--set", "gatway_ip=203.0.113.10")
    assert ran.code == 2
    assert "“gatway_ip”" in ran.err
    assert "Did you mean “gateway_ip”?" in ran.err
    ran = handrail("run", "vpm", "--yes", "--output", "json")
    assert ran.code == 2
    assert "vpn" in ran.error["remedy"]


def test_a_file_in_yaml_or_json_and_flags_mean_the_same(
    handrail: Command, museum: Account, answers: Answers, tmp_path: Path
) -> None:
    as_json = tmp_path / "answers.json"
    as_json.write_text(json.dumps(dict(STATIC)))
    plans = [
        handrail("plan", "vpn", *how, "--output", "json", *museum.at).json
        for how in (("--answers", answers()), ("--answers", as_json), settings(dict(STATIC)))
    ]
    for plan in plans:
        del plan["answers"]  # the replies as they were given
    assert plans[0] == plans[1] == plans[2]


def test_a_flag_wins_over_the_file(handrail: Command, museum: Account, answers: Answers) -> None:
    ran = handrail("plan", "vpn", "--answers", answers(), "--set", "name=harbour", "--output", "json", *museum.at)
    assert ran.json["answers"]["name"] == "harbour"
    assert "harbour-vgw" in ran.out


def test_a_choice_is_given_by_its_id_or_its_unique_name(handrail: Command, museum: Account, answers: Answers) -> None:
    vpc, table = (
        next(iter(museum.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["shop"]}])["Vpcs"]))["VpcId"],
        museum.ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["shop-private-a"]}])["RouteTables"][
            0
        ]["RouteTableId"],
    )
    by_name = handrail(
        "plan", "vpn", "--answers", answers(route_tables=["shop-private-a"]), "--output", "json", *museum.at
    )
    by_id = handrail("plan", "vpn", "--answers", answers(vpc=vpc, route_tables=[table]), "--output", "json", *museum.at)
    assert by_name.json["actions"] == by_id.json["actions"]


@pytest.mark.wild
def test_an_ambiguous_name_is_refused_with_the_ids(handrail: Command, company: Account, answers: Answers) -> None:
    company.ec2.create_vpc(
        CidrBlock="10.99.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "shop"}]}],
    )
    ran = handrail("plan", "vpn", "--answers", answers(), *company.at)
    assert ran.code == 2
    assert "2 are called “shop”" in ran.err
    assert ran.err.count("vpc-") == 2
    assert "id instead" in ran.err


def test_answers_that_are_not_asked_are_a_warning(handrail: Command, museum: Account, answers: Answers) -> None:
    ran = handrail("plan", "vpn", "--answers", answers(asn=65010), "--output", "json", *museum.at)
    assert ran.code == 0
    assert ["unused-asn", "asn"] in [[w["id"], w["key"]] for w in ran.json["warnings"]]


def test_an_answers_file_of_a_newer_version_is_told(handrail: Command, tmp_path: Path) -> None:
    for name, text in (
        ("a.yaml", "# Handrail answers, version 2\nvpc: x\n"),
        ("a.json", '{"handrail": 2, "vpc": "x"}'),
    ):
        (tmp_path / name).write_text(text)
        ran = handrail("plan", "vpn", "--answers", tmp_path / name, "-o", "json")
        assert ran.code == 2 and "is of version 2; this Handrail knows version 1." in ran.error["message"]
    (tmp_path / "a.json").write_text('{"handrail": "one"}')
    assert "“one”, which is none" in handrail("plan", "vpn", "--answers", tmp_path / "a.json").err
    (tmp_path / "a.json").write_text('{"handrail": 1, "name": "x"}')
    assert "answers are missing" in handrail("plan", "vpn", "--answers", tmp_path / "a.json").err, "it is no answer"


@pytest.mark.wild
def test_answers_are_saved_on_request(handrail: Command, museum: Account, answers: Answers, tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    ran = handrail("run", "vpn", "--answers", answers(BGP), "--save-answers", kept, *museum.at)
    assert ran.code == 2
    assert yaml.safe_load(kept.read_text()) == dict(BGP)
    assert kept.read_text().startswith("# Handrail answers, version 1\n")
    assert kept.stat().st_mode & 0o777 == 0o600
    first = handrail("plan", "vpn", "--answers", answers(BGP), "--output", "json", *museum.at)
    assert handrail("plan", "vpn", "--answers", kept, "--output", "json", *museum.at) == first
    (draft,) = handrail("runs", "--output", "json").json
    again = tmp_path / "again.yaml"
    assert handrail("runs", draft["run"], "--save-answers", again).code == 0
    assert yaml.safe_load(again.read_text()) == dict(BGP)
