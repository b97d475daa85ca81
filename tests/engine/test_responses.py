"""An answer of AWS is a document like any other, but for what it does not say."""

from __future__ import annotations

import json
import pickle

import jmespath
import pytest

from flows.engine import CloudError
from flows.engine.responses import told

ANSWER = {"Vpcs": [{"VpcId": "vpc-1", "Tags": []}], "Next": {"a": 1}}


def test_what_it_does_not_say_is_a_problem_where_it_is_asked_for() -> None:
    answer = told(ANSWER)
    with pytest.raises(CloudError, match="does not say its CidrBlock"):
        answer["Vpcs"][0]["CidrBlock"]
    with pytest.raises(CloudError, match="is empty"):
        answer["Vpcs"][0]["Tags"][0]
    assert answer.get("NextToken") is None
    assert answer["Vpcs"][:5] == answer["Vpcs"]
    assert "NextToken" not in answer


def test_it_is_a_document_for_everybody_else() -> None:
    answer = told(ANSWER)
    assert answer == ANSWER == pickle.loads(pickle.dumps(answer)) == json.loads(json.dumps(answer))
    assert type(pickle.loads(pickle.dumps(answer))) is type(answer)
    assert jmespath.search("merge(@, {n: length(Vpcs), all: Vpcs[*].merge(@, {b: `1`})}).n", answer) == 1
    assert jmespath.search("[Vpcs[0].Tags[0], Vpcs[-1].VpcId, Vpcs[5]]", answer) == [None, "vpc-1", None]
