"""A picture for documents, as Mermaid and as SVG: nothing from an account becomes markup in it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import flows
from flows.engine import Link, Picture, Thing
from flows.engine.drawing import Answered, draw, sentences, whole
from flows.export.pictures import mermaid, svg

HOSTILE = 'x"] --> y["<b>&amp;`\x1b[2J\nend'
TWO = Picture.of(
    Thing("end", "Start & end", "a", of="a"), Thing("b-1", "B", "b", made="b"), Link("end", "b-1", "It <goes> on.")
)
DRAWN = draw(TWO, {"a": Answered(HOSTILE, HOSTILE)})


def test_mermaid_is_one_line_for_each_thing_and_each_link() -> None:
    assert mermaid(DRAWN).splitlines() == [
        "flowchart TD",
        '    the_end["Start #amp; end<br/>x#quot;] --#gt; y[#quot;#lt;b#gt;#amp;amp;#96;\\x1b[2J end<br/>(exists)"]',
        '    the_b_1["B<br/>b<br/>(will be)"]:::shaky',
        "    the_end -.- the_b_1",
        "    classDef shaky stroke-dasharray: 5 5",
    ]


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_svg_is_drawn_within_its_frame_and_tells_its_sentences(name: str) -> None:
    picture = flows.find(name).picture
    assert picture is not None
    root = ElementTree.fromstring(svg(whole(picture)))
    space = "{http://www.w3.org/2000/svg}"
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    for box in root.iter(f"{space}rect"):
        assert int(box.get("x", 0)) + int(box.get("width", 0)) <= width
        assert int(box.get("y", 0)) + int(box.get("height", 0)) <= height
    told = root.find(f"{space}desc")
    assert told is not None and (told.text or "").splitlines() == sentences(whole(picture))


def test_a_hostile_name_stays_a_name_in_svg() -> None:
    assert "\x1b" not in svg(DRAWN)
    texts = [each.text for each in ElementTree.fromstring(svg(DRAWN)).iter("{http://www.w3.org/2000/svg}text")]
    assert 'x"] --> y["<b>&amp;`\\x1b[2J end' in texts
