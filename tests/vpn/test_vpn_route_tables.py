"""A route table without a name is told by more than its id, wherever it is named."""

from __future__ import annotations

import re

import pytest
from vpn.cases import STATIC, session

from flows.engine import Refused
from flows.engine.boto import Aws


def test_the_main_table_is_told_as_that_where_a_name_is_refused_and_where_it_was_chosen(cloud: Aws) -> None:
    with pytest.raises(Refused, match="“nope” is not among the choices for route_tables") as refused:
        session(cloud, None, {**STATIC, "route_tables": ["nope"]})
    main = re.search(r"(rtb-\w+) \(private, 0 subnets, main\)", refused.value.remedy)
    assert main and "(shop-private-a)" in refused.value.remedy
    (chosen,) = [
        each
        for each in session(cloud, None, {**STATIC, "route_tables": [main[1]]}).review().answers
        if each.question.id == "route_tables"
    ]
    assert chosen.shown == f"{main[1]} (the main one)"
