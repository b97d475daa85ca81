"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from docs.write import gaps

import flows
from flows.engine import Flow, Session
from flows.engine.cloud import Offline
from tui.cli.main import cli, help_text

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = [
    shlex.split(line.partition("#")[0])
    for block in re.findall(r"^```\n(.*?)^```", README, re.M | re.S)
    for line in block.splitlines()
    if line.startswith("handrail ")
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_in_the_readme_exists(words: list[str]) -> None:
    command: click.Command = cli
    for word in words[1:]:
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
        elif word.startswith("--"):
            assert any(word in option.opts for option in command.params), word


@pytest.mark.parametrize("text", re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S))
def test_an_answers_file_of_the_readme_is_complete(text: str) -> None:
    said = yaml.safe_load(text)
    (flow,) = [flow for flow in flows.every() if set(said) <= {question.id for question in flow.questions}]
    Session(flow, Offline()).require(said)


def test_the_readme_lists_what_practice_adds_to_moto() -> None:
    assert gaps() in README, "run: make texts"


def test_every_picture_in_the_readme_exists() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).exists()] == []


def test_the_quick_help_is_the_command_lines_own() -> None:
    assert (ROOT / "tui" / "help.txt").read_text() == help_text(), "run: make texts"


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_a_set_up_is_listed_as_it_calls_itself(name: str) -> None:
    flow = flows.find(name)
    assert flows.SET_UPS[name] == (flow.title, flow.summary())
    assert flow.id == name


@pytest.mark.parametrize("flow", flows.every(), ids=lambda flow: flow.id)
def test_a_newcomer_is_asked_at_most_eight_questions(flow: type[Flow]) -> None:
    assert max(sum(not question.fine_tuning for question in route) for route in flow.routes()) <= 8


@pytest.mark.parametrize("flow", flows.every(), ids=lambda flow: flow.id)
def test_every_question_says_why(flow: type[Flow]) -> None:
    assert [question.id for question in flow.questions if not question.why] == []
