"""Ten thousand of something: no more is read than is needed, nothing twice, and what is found is the only one."""

from __future__ import annotations

import threading

import pytest
from support.long_lists import MANY, PAGE, OneGroup, SomeGroups, Thousands

from flows.engine import Asking, Call, CloudError, Flow, Listed, Offer, Problem, Refused, Reviewing, Session
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.listing import by_filter
from flows.place import Place


def offered(session: Session) -> Offer:
    state = session.state()
    assert isinstance(state, Asking)
    assert state.offer is not None
    return state.offer


def test_a_question_opens_after_the_first_page() -> None:
    cloud = Thousands(held=True)
    offer = offered(Session(OneGroup, cloud))
    assert len(cloud.pages_read) == 1
    assert offer.listed is Listed.ITEMS
    assert [option.label for option in offer.options] == [f"group {n}" for n in range(PAGE)]


def test_the_rest_follows_in_order_and_no_page_is_read_twice() -> None:
    cloud = Thousands()
    offer = offered(Session(OneGroup, cloud))
    assert offer.rest is not None
    labels = [option.label for option in [*offer.options, *offer.rest]]
    assert labels == [f"group {n}" for n in range(MANY)]
    assert [number for _, number in cloud.pages_read] == list(range(MANY // PAGE))


def test_a_short_list_is_there_at_once_and_says_so() -> None:
    offer = offered(Session(OneGroup, Thousands(30)))
    assert len(offer.options) == 30
    assert offer.rest is None


def test_what_was_read_is_there_at_once_when_one_comes_back() -> None:
    cloud = Thousands()
    session = Session(OneGroup, cloud)
    offer = offered(session)
    assert offer.rest is not None
    list(offer.rest)
    again = offered(session)
    assert (len(again.options), again.rest) == (MANY, None)
    assert len(cloud.pages_read) == MANY // PAGE


def test_an_answer_on_the_first_page_waits_for_no_other() -> None:
    cloud = Thousands(held=True)
    session = Session(OneGroup, cloud)
    session.answer(offered(session).options[7].key)
    assert isinstance(session.state(), Reviewing)
    assert len(cloud.pages_read) == 1


def test_a_list_opens_far_enough_to_show_what_was_said() -> None:
    cloud = Thousands()
    session = Session(OneGroup, cloud)
    offer = offered(session)
    assert offer.rest is not None
    wanted = next(option for option in offer.rest if option.label == f"group {3 * PAGE + 1}")
    session.answer(wanted.key)
    session.refresh()
    cloud.pages_read.clear()
    session.revisit("group")
    assert wanted in offered(session).options
    assert len(cloud.pages_read) == 4


@pytest.mark.parametrize("reply", [f"group {MANY - 1}", f"sg-{MANY - 1:08x}"], ids=["name", "id"])
def test_an_answer_from_a_file_is_asked_for_by_the_filters_of_aws(reply: str) -> None:
    cloud = Thousands()
    session = Session(OneGroup, cloud)
    session.fill({"group": reply})
    assert isinstance(session.state(), Reviewing)
    assert session.trail()[0].shown == f"sg-{MANY - 1:08x}"
    assert cloud.pages_read == [((reply,), 0)]


def test_a_name_that_two_have_is_refused_though_only_they_were_read() -> None:
    cloud = Thousands()
    cloud.groups[-1]["GroupName"] = "group 3"
    with pytest.raises(Refused, match="2 are called “group 3”: sg-00000003, sg-0000270f"):
        Session(OneGroup, cloud).fill({"group": "group 3"})
    assert cloud.pages_read[0] == (("group 3",), 0)


def test_a_name_that_nothing_has_is_looked_for_in_everything_before_it_is_refused() -> None:
    cloud = Thousands(1200)
    with pytest.raises(Refused, match="“grop 3” is not among the choices") as refused:
        Session(OneGroup, cloud).fill({"group": "grop 3"})
    assert "and 1192 more" in refused.value.remedy
    assert [number for _, number in cloud.pages_read] == [0, 0, 1, 2]


def test_where_the_filter_is_not_known_everything_is_read() -> None:
    """An emulator may know fewer filters than AWS."""

    class Simple(Thousands):
        def pages(self, call: Call):  # type: ignore[no-untyped-def]
            if call.params:
                raise CloudError("The filter 'group-name' is invalid")
            return super().pages(call)

    session = Session(OneGroup, Simple())
    session.fill({"group": "group 9999"})
    assert isinstance(session.state(), Reviewing)


def test_several_names_and_ids_are_asked_for_together_and_keep_the_order_of_the_list() -> None:
    cloud = Thousands()
    session = Session(SomeGroups, cloud)
    session.fill({"some": ["group 20", "sg-00000002", "group 11"]})
    flow, _ = session._walk()
    assert isinstance(flow, SomeGroups)
    assert set(flow.some) == {"sg-00000014", "sg-00000002", "sg-0000000b"}
    assert cloud.pages_read == [(("sg-00000002",), 0), (("group 11", "group 20"), 0)]


@pytest.mark.wild
def test_all_of_ten_thousand_are_understood_in_one_pass() -> None:
    """Each option is looked at once, not once for every pick."""
    looked = 0

    class Counted(Thousands):
        def pages(self, call: Call):  # type: ignore[no-untyped-def]
            nonlocal looked
            for page in super().pages(call):
                looked += len(page["SecurityGroups"])
                yield page

    session = Session(SomeGroups, Counted())
    session.fill({"some": [f"sg-{n:08x}" for n in range(MANY)]})
    assert isinstance(session.state(), Reviewing)
    assert looked == MANY


def test_a_star_in_a_name_is_a_star() -> None:
    narrowed = by_filter("id", "name")(Call("ec2.DescribeVpcs"), ("a*b?c\\d",))
    assert narrowed[0].params == {"Filters": [{"Name": "name", "Values": [r"a\*b\?c\\d"]}]}


def test_a_page_that_fails_leaves_what_was_read_and_reading_goes_on_there() -> None:
    fails = iter([True])

    def before(number: int) -> None:
        if number == 2 and next(fails, False):
            raise CloudError("AWS is busy.")

    cloud = Thousands(before=before)
    session = Session(OneGroup, cloud)
    offer = offered(session)
    assert offer.rest is not None
    got: list[object] = []
    with pytest.raises(Problem, match="busy"):
        got.extend(offer.rest)
    again = offered(session)
    assert len(again.options) >= 2 * PAGE
    assert again.rest is not None
    assert len([*again.options, *again.rest]) == MANY


def test_two_readers_of_one_list_share_its_pages() -> None:
    cloud = Thousands()
    remembering = CachedCloud(cloud)
    call = Call("ec2.DescribeSecurityGroups")
    seen: list[int] = []

    def read() -> None:
        seen.append(sum(len(page["SecurityGroups"]) for page in remembering.pages(call)))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert seen == [MANY] * 4
    assert len(cloud.pages_read) == MANY // PAGE


def test_entries_that_cost_a_call_each_do_not_hold_up_the_list() -> None:
    """Where a hint of every entry is asked for by itself, the list opens with a screenful."""
    from flows.engine import Choice, Option, Plan

    asked = []

    class Costly(Thousands):
        def make(self, call: Call) -> dict[str, str]:
            asked.append(call)
            return {"Hint": "x"}

    class Hinted(Flow):
        """Every entry has a hint that must be asked for."""

        title = "Hinted"
        thing = Choice(
            "Which?",
            lambda flow: (
                Option(str(n), n, str(n), flow.cloud.make(Call("s3.HeadBucket", {"Bucket": str(n)}))["Hint"])
                for n in range(MANY)
            ),
            why="They are many.",
        )

        def plan(self) -> Plan:
            return Plan(())

    offer = offered(Session(Hinted, Costly()))
    assert offer.rest is not None
    assert len(offer.options) == len(asked) == 20


def test_ec2_is_asked_in_portions_unless_a_call_names_what_it_wants() -> None:
    """AWS sends everything at once to whoever does not say how much, and refuses who says it beside ids."""
    import boto3
    from botocore.stub import Stubber

    aws = Aws(Place(practice=True), boto3.Session("x", "x", region_name="eu-central-1"))
    vpcs, tables = Call("ec2.DescribeSecurityGroups"), Call("ec2.DescribeRouteTables")
    named = Call("ec2.DescribeSecurityGroups", {"GroupIds": ["sg-1"]})
    with Stubber(aws._client(vpcs)) as stub:
        more = {"SecurityGroups": [], "NextToken": "more"}
        stub.add_response("describe_security_groups", more, {"MaxResults": 500})
        stub.add_response("describe_security_groups", {"SecurityGroups": []}, {"MaxResults": 500, "NextToken": "more"})
        stub.add_response("describe_route_tables", {"RouteTables": []}, {"MaxResults": 100})
        stub.add_response("describe_security_groups", {"SecurityGroups": []}, {"GroupIds": ["sg-1"]})
        assert [len(list(aws.pages(call))) for call in (vpcs, tables, named)] == [2, 1, 1]
        stub.assert_no_pending_responses()
