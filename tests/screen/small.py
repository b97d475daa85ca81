"""Tiny set-ups for what the real ones do not show, or not reliably: they need no AWS at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.engine import (
    Action,
    Call,
    Caution,
    Choice,
    Decision,
    Finding,
    Flow,
    Grade,
    Handover,
    Many,
    Option,
    Picks,
    Plan,
    Text,
    Undo,
    Yes,
)  # fmt: skip

HOSTILE = "[red]x[/ \x1b[2J\x1b]0;gone\x07 \u202eevil"


def risky(value: str, flow: Small) -> Iterator[Caution]:
    if value == "risky":
        yield Caution("risky-name", "This name is known to cause trouble.", confirm=True, switch="calm")


def one_action(name: str) -> Plan:
    undo = (Undo(Call("ec2.DeleteVpc", {"VpcId": "vpc-1"})),)
    make = Action("make", f"Make {name}", Call("ec2.CreateVpc"), undo=undo, undone="The thing")
    then = Action("then", "Then the rest", Call("ec2.CreateTags", {"Resources": ["x"]}), after=("make",))
    return Plan((make, then))


class Small(Flow):
    """One question with a caution."""

    title = "Something small"
    name = Text(
        "What should it be called?", str, check=risky, label="Name", why="Everything has a name.", example="calm"
    )
    size = Yes("Should it be big?", default="no", fine_tuning=True, label="Big", why="Big costs more.")

    def plan(self) -> Plan:
        return one_action(self.name)

    def checks(self) -> Iterable[Finding | Caution]:
        yield Finding("room", Grade.PROVED, "There is room.")
        if self.size:
            yield Finding("big", Grade.REFUSED, "It does not fit.", remedy="Make it small.")

    @classmethod
    def handover(cls, cloud, outputs, facts) -> Handover:  # type: ignore[no-untyped-def]
        return Handover(outputs={"made": "thing-1"}, next_steps=("Look at it.",))


class Lists(Flow):
    """Lists of every kind."""

    title = "Lists"
    many = Choice(
        "Which of ten thousand?",
        lambda flow: [Option(f"id-{n:05}", n, f"thing number {n}", f"id-{n:05}") for n in range(10_000)],
        label="Thing",
        why="There are many.",
    )
    hostile = Choice(
        "Which odd name?", lambda flow: [Option("h1", 1, HOSTILE, HOSTILE)], label="Odd", why="Names are data."
    )
    some = Picks("Which of these?", {"a": "First", "b": "Second", "c": "Third"}, label="Some", why="Any number.")
    entries = Many("Which words?", str, label="Words", why="Several of them.", example="one")

    def plan(self) -> Plan:
        return one_action("lists")


def asked(flow: Flow) -> list[Option[str]]:
    return [
        Option(v["VpcId"], v["VpcId"], v["VpcId"]) for v in flow.cloud.make(Call("ec2.DescribeVpcs")).get("Vpcs", [])
    ]


class Looked(Flow):
    """A list that is looked up."""

    title = "Looked up"
    vpc = Choice("Which VPC?", asked, label="VPC", why="It is looked up.", empty="Create one first.")

    def plan(self) -> Plan:
        return one_action("looked")


NAME = "customer-facing-web-servers-behind-the-load-balancer-that-marketing-uses-for-campaigns-in-"
PLACES = ("Reykjavík-and-the-Westfjords", "東京と大阪とその周辺の地域", "Llanfairpwllgwyngyll")


def long_names(flow: Flow) -> list[Option[str]]:
    return [
        Option(f"sg-0123456789abcde{n:02}", f"{NAME}{PLACES[n % 3]}", f"{NAME}{PLACES[n % 3]}",
               f"sg-0123456789abcde{n:02} · 10.{n}.0.0/16 · made for a team that describes all it makes at length")
        for n in range(40)
    ]  # fmt: skip


class Long(Flow):
    """Names as long as people make them."""

    title = "Let the machines of one department be reached from the offices of another"
    group = Choice(
        "Which of these groups, whose names say all there is to know about them, should the offices be able to reach?",
        long_names, label="The group that is reached",
        why="A security group is a firewall around machines. Each lets in what its rules say, and nothing else; one "
            "machine may have several of them, and then what any of them lets in comes in.",
    )  # fmt: skip
    others = Picks("Which groups may reach it?", long_names, label="The groups that reach it", why="Any number.")

    def plan(self) -> Plan:
        decision = Decision(
            "snapshot",
            "Should a last snapshot be kept? It holds all the data, costs money until it is deleted, and is the only "
            "way back to what was in it.",
            {"yes": "Keep one", "no": "Delete the data for good"},
            "yes",
        )
        make, then = one_action(self.group).actions
        return Plan((make, then), decisions=(decision,))

    @classmethod
    def handover(cls, cloud, outputs, facts) -> Handover:  # type: ignore[no-untyped-def]
        return Handover(outputs={"group": NAME * 2}, next_steps=(f"Look at {NAME}{PLACES[0]}.",))
