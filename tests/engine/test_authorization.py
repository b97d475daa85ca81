"""The table of what IAM asks about, against AWS's Service Authorization Reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.authorized import kinds, reference

from flows.engine.authorization import RULES
from flows.engine.permissions import EVERYTHING, form_of, kind_of, kinds_of, permission
from flows.engine.resource_types import TAGGING, WHILE_MAKING, Target


def asked(operation: str) -> Iterator[tuple[str, Target]]:
    """Every action that an operation needs, with what it needs it for."""
    for target in RULES[operation]:
        action = target.action or permission(operation)
        assert action
        yield action, target


def listed(action: str) -> dict[str, str]:
    """The kinds of things that the reference lists for an action, as we call kinds, with its own names for them."""
    service = action.partition(":")[0]
    resources = reference()[service]["resources"]
    return {kind_of(resources[name]["arn"].replace("${", "{")): name for name in kinds(action) if name in resources}


@pytest.mark.parametrize("operation", RULES)
def test_aws_knows_what_the_table_says(operation: str) -> None:
    """Every action exists, knows the kinds of things it is said to be about, and the conditions that it is given."""
    for action, target in asked(operation):
        prefix, name = action.split(":")
        about = reference()[prefix]["privileges"][name]["resource_types"]
        form = form_of(target.asked or target.arn, action)
        if form == EVERYTHING:
            assert set(about) == {""}, f"{action} knows things"
        elif not kind_of(form).endswith("/"):  # it may be of any kind
            assert kind_of(form) in listed(action), form
        told = {key for each in about.values() for key in each["condition_keys"]}
        for key in {key for conditions in target.only.values() for key in conditions}:
            general = re.sub("/.*", "/", key)
            assert any(each == key or each.startswith(general) for each in told), (action, key)
        if target.made and target.tags:
            assert "aws:RequestTag/${TagKey}" in told, f"{action} does not look at tags"
        if target.made and target.tags and not target.action and (service := operation.partition(".")[0]) in TAGGING:
            tagging = TAGGING[service].split(":")
            own = reference()[tagging[0]]["privileges"][tagging[1]]["resource_types"]
            sent = {key for each in own.values() for key in each["condition_keys"]}
            assert "aws:RequestTag/${TagKey}" in sent
            assert WHILE_MAKING.get(service, "aws:TagKeys") in {*sent, *reference()[tagging[0]]["conditions"]}


@pytest.mark.parametrize("operation", RULES)
def test_what_is_made_can_be_told_by_its_tags(operation: str) -> None:
    """A thing whose name is not known yet is allowed by its tags alone: AWS must look at those of such things."""
    for action, target in asked(operation):
        if target.made and target.tags and target.arn.endswith("/*"):
            kind = kind_of(form_of(target.arn, action))
            resources = reference()[kind.partition("/")[0]]["resources"].values()
            mine = [each for each in resources if kind_of(each["arn"].replace("${", "{")) == kind]
            assert "aws:ResourceTag/${TagKey}" in {key for each in mine for key in each["condition_keys"]}


def test_nothing_that_aws_asks_about_is_left_out() -> None:
    """What the reference calls required is in the table, and so is every kind of thing that other actions are for:
    otherwise one statement for both would allow more than each alone.
    """
    ours = {kind for kinds in kinds_of().values() for kind in kinds}
    for action, about in kinds_of().items():
        for kind, name in listed(action).items():
            required = kinds(action)[name]["required"]
            covered = kind in about or f"{kind.partition('/')[0]}/" in about
            assert covered or (kind not in ours and not required), (action, kind)
