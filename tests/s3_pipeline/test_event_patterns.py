"""Which events a rule lets through, and which field keeps one out: AWS's examples and real events of every kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from flows.aws import event_patterns, file_events, pipeline_triggers
from flows.aws.event_patterns import MISSING, BadPattern
from flows.engine import Identity

WHO = Identity("123456789012", "arn:aws:iam::123456789012:user/ada", "eu-central-1")
OWN_PUT: dict[str, Any] = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    "source": "aws.s3",
    "account": "111122223333",
    "time": "2021-11-12T00:00:00Z",
    "region": "ca-central-1",
    "resources": ["arn:aws:s3:::amzn-s3-demo-bucket1"],
    "detail": {
        "version": "0",
        "bucket": {"name": "amzn-s3-demo-bucket1"},
        "object": {
            "key": "example-key",
            "size": 5,
            "etag": "b1946ac92492d2347c6235b4d2611184",
            "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
            "sequencer": "617f08299329d189",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "source-ip-address": "1.2.3.4",
        "reason": "PutObject",
    },
}
"""The sample of the S3 User Guide."""

SEEN: list[tuple[str, Any, Any, bool]] = [
    ("exact", ["a"], "a", True),
    ("exact, capitals", ["a"], "A", False),
    ("exact, one of several", ["b", "a"], "a", True),
    ("exact, of a list in the event", ["a"], ["x", "a"], True),
    ("exact, of another list", ["a"], ["x", "y"], False),
    ("number", [100], 100, True),
    ("number as text", [100], "100", False),
    ("true is not 1", [True], 1, False),
    ("null", [None], None, True),
    ("null is not empty", [None], "", False),
    ("empty text", [""], "", True),
    ("missing", ["a"], MISSING, False),
    ("prefix", [{"prefix": "in/"}], "in/a.zip", True),
    ("prefix elsewhere", [{"prefix": "in/"}], "out/in/a.zip", False),
    ("prefix, any capitals", [{"prefix": {"equals-ignore-case": "IN/"}}], "in/a.zip", True),
    ("prefix of a number", [{"prefix": "1"}], 100, False),
    ("suffix", [{"suffix": ".zip"}], "a.zip", True),
    ("suffix elsewhere", [{"suffix": ".zip"}], "a.zip.bak", False),
    ("suffix, any capitals", [{"suffix": {"equals-ignore-case": ".ZIP"}}], "a.zip", True),
    ("any capitals", [{"equals-ignore-case": "alice"}], "ALICE", True),
    ("any capitals, another", [{"equals-ignore-case": "alice"}], "bob", False),
    ("wildcard", [{"wildcard": "dir/*.png"}], "dir/sub/a.png", True),
    ("wildcard elsewhere", [{"wildcard": "dir/*.png"}], "a.png", False),
    ("wildcard, a real star", [{"wildcard": r"a\*b"}], "a*b", True),
    ("wildcard, only a star", [{"wildcard": r"a\*b"}], "axb", False),
    ("wildcard, a dot is a dot", [{"wildcard": "a.b*"}], "axb", False),
    ("anything but", [{"anything-but": "initializing"}], "running", True),
    ("anything but that", [{"anything-but": "initializing"}], "initializing", False),
    ("anything but these", [{"anything-but": ["stopped", "overloaded"]}], "stopped", False),
    ("anything but numbers", [{"anything-but": [100, 200]}], 300, True),
    ("anything but, missing", [{"anything-but": "a"}], MISSING, False),
    ("anything but a prefix", [{"anything-but": {"prefix": "init"}}], "initializing", False),
    ("anything but prefixes", [{"anything-but": {"prefix": ["a", "b"]}}], "c", True),
    ("anything but a suffix", [{"anything-but": {"suffix": ".txt"}}], "a.zip", True),
    ("anything but a wildcard", [{"anything-but": {"wildcard": "*/lib/*"}}], "a/lib/b", False),
    ("anything but, any capitals", [{"anything-but": {"equals-ignore-case": "a"}}], "A", False),
    ("exists", [{"exists": True}], "a", True),
    ("exists, null", [{"exists": True}], None, True),
    ("exists, missing", [{"exists": True}], MISSING, False),
    ("exists not", [{"exists": False}], MISSING, True),
    ("exists not, there", [{"exists": False}], "a", False),
    ("exists is about leaves", [{"exists": True}], {"a": 1}, False),
    ("numeric", [{"numeric": [">", 0, "<=", 5]}], 5, True),
    ("numeric, beyond", [{"numeric": [">", 0, "<=", 5]}], 6, False),
    ("numeric, equal", [{"numeric": ["=", 3.018e2]}], 301.8, True),
    ("numeric of text", [{"numeric": [">", 0]}], "3", False),
    ("cidr", [{"cidr": "10.0.0.0/24"}], "10.0.0.17", True),
    ("cidr, outside", [{"cidr": "10.0.0.0/24"}], "10.0.1.17", False),
    ("cidr, six", [{"cidr": "2001:db8::/32"}], "2001:db8::1", True),
    ("cidr of no address", [{"cidr": "10.0.0.0/24"}], "example", False),
    ("one or the other", ["a", {"prefix": "b"}], "bc", True),
]


@pytest.mark.parametrize(("wanted", "has", "lets"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN])
def test_each_way_to_compare(wanted: Any, has: Any, lets: bool) -> None:
    pattern = event_patterns.read(json.dumps({"detail": {"field": wanted}}))
    event = {"detail": {} if has is MISSING else {"field": has}}
    found = event_patterns.misses(pattern, event)
    assert [miss.field for miss in found] == ([] if lets else ["detail.field"])


def test_either_of_two_fields() -> None:
    pattern = {"$or": [{"a": ["1"]}, {"b": [{"numeric": ["<", 3]}]}], "c": ["x"]}
    assert event_patterns.matches(pattern, {"a": "1", "c": "x"})
    assert event_patterns.matches(pattern, {"b": 2, "c": "x"})
    assert [miss.field for miss in event_patterns.misses(pattern, {"a": "2", "b": 4, "c": "y"})] == ["a", "c"]
    assert event_patterns.matches({"$or": ["plain"]}, {"$or": "plain"}), "a field may be called so"


def test_a_list_of_objects_is_looked_into() -> None:
    pattern = {"detail": {"resources": {"ARN": [{"suffix": "/a.zip"}]}}}
    both = [{"ARN": "arn:aws:s3:::b"}, {"ARN": "arn:aws:s3:::b/a.zip"}]
    assert event_patterns.matches(pattern, {"detail": {"resources": both}})
    assert not event_patterns.matches(pattern, {"detail": {"resources": both[:1]}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "it is no JSON"),
        ("[]", "it must be an object with at least one field"),
        ('{"source": "aws.s3"}', 'source must be a list of what is let through, for example ["aws.s3"]'),
        ('{"source": []}', "source must be a list"),
        ('{"detail": {}}', "detail is empty"),
        ('{"source": [{"starts": "aws"}]}', "source has starts, which is no operator"),
        ('{"source": [{"prefix": "a", "suffix": "b"}]}', "which must have one operator"),
        ('{"source": [["a"]]}', "source has a list in a list"),
        ('{"size": [{"numeric": ["~", 1]}]}', "which numeric does not take"),
        ('{"size": [{"exists": "yes"}]}', "which exists does not take"),
        ('{"size": [{"anything-but": {"numeric": [">", 1]}}]}', "which anything-but does not take"),
    ],
)
def test_what_is_no_pattern_is_told(text: str, sentence: str) -> None:
    with pytest.raises(BadPattern) as refused:
        event_patterns.read(text)
    assert sentence in str(refused.value)


def test_real_events_of_every_kind() -> None:
    """AWS's sample, in each of the ways in which a file can land, against ours and the rules that people wrote."""
    bucket, key = "amzn-s3-demo-bucket1", "example-key"
    ours = pipeline_triggers.pattern(bucket, key)
    for reason in pipeline_triggers.ARRIVALS:
        event = {**OWN_PUT, "detail": {**OWN_PUT["detail"], "reason": reason}}
        assert event_patterns.matches(ours, event)
        only_put = {**ours, "detail": {**ours["detail"], "reason": ["PutObject"]}}
        found = event_patterns.misses(only_put, event)
        assert [str(miss) for miss in found] == (
            [] if reason == "PutObject" else [f'detail.reason: the event has "{reason}", the rule wants "PutObject"']
        )
    assert not event_patterns.matches(ours, {**OWN_PUT, "detail-type": "Object Deleted"})
    assert not event_patterns.matches(pipeline_triggers.trail_pattern(bucket, key), OWN_PUT)


def test_records_of_cloudtrail() -> None:
    """Each call by which a file can land, and one that only reads; the old rule of consoles lets only one through."""
    pattern = pipeline_triggers.trail_pattern("fjord", "a/b.zip")
    old = {**pattern, "detail": {**pattern["detail"], "eventName": ["PutObject"]}}
    for call in ("PutObject", "CopyObject", "CompleteMultipartUpload", "GetObject"):
        event = file_events.recorded(WHO, "fjord", "a/b.zip", call).envelope
        assert event_patterns.matches(pattern, event) == (call != "GetObject")
        assert event_patterns.matches(old, event) == (call == "PutObject")
    elsewhere = file_events.recorded(WHO, "fjord", "A/b.zip", "PutObject").envelope
    assert [miss.field for miss in event_patterns.misses(pattern, elsewhere)] == ["detail.requestParameters.key"]
    assert not event_patterns.matches(pattern, file_events.own(WHO, "fjord", "a/b.zip", "PutObject").envelope)


@pytest.mark.parametrize(
    "wanted",
    [["a"], [{"prefix": "a"}], [{"suffix": "b"}], [{"wildcard": "a*"}], [{"anything-but": "ab"}], [{"exists": False}]],
)
def test_another_implementation_says_the_same(wanted: Any) -> None:
    text = json.dumps({"detail": {"field": wanted}})
    for has in ("a", "ab", "b", "ba", "x"):
        event: Any = {"detail": {"field": has}}
        theirs = EventPattern.load(text).matches_event(event)
        assert event_patterns.matches(event_patterns.read(text), event) == theirs
