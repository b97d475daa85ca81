"""A runbook has every step and its way back, in the order of doing, and nothing in it is markup by chance."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from cli.test_export_runbooks import followed
from export.conftest import Known
from markdown_it import MarkdownIt
from markdown_it.token import Token
from support.false_aws import FalseAws
from support.variants import VARIANTS, Reviewed, by_variant

import flows
from flows.engine import Action, Call, Caution, Plan, Review, Undo
from flows.engine.cloud import Identity
from flows.engine.permissions import Need
from flows.export.markdown import prose
from flows.export.runbook import runbook

TODAY = date(2026, 11, 24)
HOSTILE = "# *a* <b>&amp;<script> [c](http://x) `d` _e_ ![f](g) ~~h~~ \\ | 1. i\n\n```\n# j\n```\n- k \x1b[2J - l"


def written(made: Reviewed) -> str:
    review = made.review
    return runbook(review, flow=made.flow, identity=made.identity, on=TODAY, costs=["about 1 USD"], practice=True)


@by_variant(VARIANTS)
def test_it_has_every_step_and_every_way_back(known: Known, name: str) -> None:
    made = known(name)
    text, actions = written(made), made.plan.actions
    shown = [re.sub(r"\\(.)", r"\1", line) for line in text.splitlines() if line.startswith("### ")]
    steps = [f"### Step {number}. {action.sentence}" for number, action in enumerate(actions, 1)]
    back = [
        f"### Undo {number}. {action.undone or action.sentence}"
        for number, action in reversed([*enumerate(actions, 1)])
        if action.undo != ()
    ]
    assert shown == [*steps, *back]


@by_variant(VARIANTS)
def test_it_reads_well_in_eighty_columns_and_its_commands_are_bash(known: Known, name: str) -> None:
    text = written(known(name))
    commands = re.findall(r"(?ms)^```bash\n(.*?)\n```$", text)
    prose = re.sub(r"(?ms)^```\w*\n.*?\n```$", "", text)
    assert "```" not in prose
    # a heading is one line, and so is a name without a space
    long = [line for line in prose.splitlines() if len(line) > 80 and not line.startswith("### ") and " " in line[4:]]
    assert long == []
    assert "\x1b" not in text
    assert len(commands) >= len(re.findall(r"(?m)^### ", text))
    subprocess.run(["bash", "-n"], input="\n".join(commands), text=True, check=True)


def test_it_says_where_and_when_what_it_costs_and_what_to_think_of(known: Known) -> None:
    made = known("website, bucket-named")
    text = " ".join(re.sub(r"\\(.)", r"\1", written(made)).split())
    review = made.review
    assert "Planned by Handrail on 2026-11-24" in text
    assert f"({made.identity.account}), region eu-central-1" in text
    assert "PRACTICE" in text
    assert "about 1 USD" in text
    assert review.cautions
    assert all(" ".join(caution.message.split()) in text for caution in review.cautions)
    assert all(permission in text for permission in review.permissions)


@by_variant(VARIANTS)
def test_what_needs_a_yes_comes_first_among_the_warnings(known: Known, name: str) -> None:
    made = known(name)
    text = re.sub(r"\\(.)", r"\1", written(made)).partition("## Warnings\n")[2].partition("\n## ")[0]
    before, asked, agreed = " ".join(text.split()).partition("Who does this agrees to it:")
    assert (before, bool(asked)) == ("", True) or not made.review.agreements
    for each in made.review.cautions:
        assert (" ".join(each.message.split()) in agreed.partition("Worth knowing:")[0]) == each.confirm


def test_a_setting_that_is_changed_is_noted_first_and_put_back(known: Known) -> None:
    text = written(known("alb, https"))
    step = text[text.index("### Step 3.") : text.index("## Afterwards")]
    assert step.index("DEFAULT_BEFORE=$(aws elbv2 describe-listeners") < step.index("aws elbv2 modify-listener")
    undo = text[text.index("### Undo 3.") : text.index("### Undo 2.")]
    assert '--default-actions "${DEFAULT_BEFORE}"' in undo


def test_a_statement_is_added_by_hand_to_what_others_wrote(known: Known) -> None:
    text = written(known("website, website"))
    assert "cp bucket-policy-before.json bucket-policy.json" in text
    assert '"Sid": "HandrailCloudFront${DISTRIBUTION_ID}"' in text
    assert "--policy file://bucket-policy.json" in text
    assert "HEADER=$(openssl rand -hex 24)" in text


def test_what_must_be_decided_comes_before_the_undo(known: Known) -> None:
    text = written(known("aurora, sleepy"))
    assert text.index("Decide first: Keep a last snapshot") < text.index("### Undo 5.")
    assert text.index("If you decided final_snapshot=yes:") < text.index("--skip-final-snapshot")


def test_a_secret_is_on_no_command_line(known: Known, tmp_path: Path) -> None:
    """Of none of the commands of its steps, and what is left of it is only what AWS was given."""
    text = written(known("website, website"))
    (tmp_path / "openssl").write_text("#!/bin/sh\necho made-up\n")
    (tmp_path / "openssl").chmod(0o755)
    begun, steps = text.split("\n## Steps\n")
    commands = [*followed(begun), *followed(steps.split("\n## Afterwards\n")[0])]
    commands = [each.replace('" = true ]', '" = True ]') for each in commands]  # so it says it
    given = 'for each; do case $each in file://*) cat "$OLDPWD/${each#file://}" ;; esac; done >>given\n'
    environment = "export -p >>environment\n"
    ran = FalseAws(tmp_path, {None: environment + given}).run(
        "\n".join(["set -e", *commands]), env={"TMPDIR": str(tmp_path)}
    )
    assert ran.code == 0, ran.err
    assert "made-up" in (tmp_path / "given").read_text()
    assert "made-up" not in (tmp_path / "environment").read_text()
    assert not [words for words in ran.asked if "made-up" in " ".join(words)]


def test_a_name_from_the_account_stays_a_name() -> None:
    """Whatever a sentence, a warning or an undo carries, Markdown shows it as it is and makes nothing else of it."""
    action = Action(
        "gate", HOSTILE, Call("ec2.CreateVpnGateway", {"Type": HOSTILE}), undone=HOSTILE,
        undo=(Undo(Call("ec2.DeleteVpnGateway", {"VpnGatewayId": HOSTILE}), gone=(HOSTILE,)),),
    )  # fmt: skip
    review = Review(
        (), Plan((action,)), (), (Caution("x", f"{HOSTILE} {HOSTILE}"),), (Need("ec2:CreateVpnGateway"),), ()
    )
    identity = Identity("123456789012", "arn:aws:iam::123456789012:user/x", "eu-central-1", HOSTILE)
    text = runbook(review, flow=flows.find("vpn"), identity=identity, on=TODAY, costs=[HOSTILE])
    assert "\x1b" not in text
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    kinds = {token.type for token in everything(tokens)}
    assert kinds <= {
        *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "fence"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "text_special", "code_inline"),
    }
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert len([each for each in headings if each.startswith(("Step ", "Undo "))]) == 2
    shown = " ".join("".join(part.content or " " for part in token.children or []) for token in tokens)
    said = " ".join(HOSTILE.replace("\x1b", "\\x1b").split())
    assert " ".join(shown.split()).count(said) == 8


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("203.0.113.10 is an address", "203.0.113.10 is an address"),
        ("1. is a number", "1\\. is a number"),
        ("- is a dash", "\\- is a dash"),
        ("shop_front and _front", "shop_front and \\_front"),
    ],
)
def test_only_what_would_be_markup_is_escaped(text: str, written: str) -> None:
    assert prose(text) == written


def everything(tokens: list[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *(token.children or []))]
