"""Which skills of a job role a badge names: by address, by code, or by name, in whatever dress."""

from typing import Any

import pytest

from services.content.contract import Skill
from services.credentials.domain.rolematch import proven

SKILLS = (
    Skill(
        id="skl_weld",
        name="weld steel",
        names={"de": "Stahl schweißen"},
        framework="ESCO",
        code="S4.1",
        url="http://data.europa.eu/esco/skill/one",
    ),
    Skill(id="skl_paint", name="paint walls"),
)
WELD, PAINT = ("weld steel",), ("paint walls",)


@pytest.mark.parametrize(
    "alignment,names",
    [
        ({"targetUrl": "http://data.europa.eu/esco/skill/one"}, WELD),
        ({"targetUrl": "https://DATA.europa.eu/esco/skill/one/"}, WELD),
        ({"targetUrl": "http://data.europa.eu/esco/skill/two"}, ()),
        ({"targetName": " Weld  STEEL "}, WELD),
        ({"targetName": "STAHL SCHWEISSEN"}, WELD),
        ({"targetName": "weld"}, ()),
        ({"targetCode": "s4.1", "targetFramework": "esco"}, WELD),
        ({"targetCode": "S4.1", "targetFramework": "O*NET"}, ()),
        ({"targetCode": "S4.1"}, ()),
        ({"targetUrl": "", "targetName": "", "targetCode": ""}, ()),
        ({"targetUrl": 7, "targetName": ["weld steel"]}, ()),
    ],
    ids=range(11),
)
def test_a_skill_is_found_by_what_the_badge_calls_it(
    alignment: dict[str, Any], names: tuple[str, ...]
) -> None:
    """Guards against a good holder missed for a slash, and against one found for a code alone."""
    badge = {"credentialSubject": {"achievement": {"alignment": [alignment]}}}

    assert proven(badge, SKILLS) == names


@pytest.mark.parametrize(
    "badge,names",
    [
        ({"credentialSubject": {"achievement": {"tag": ["Paint walls"]}}}, PAINT),
        ({"credentialSubject": {"result": {"alignment": {"targetName": "weld steel"}}}}, WELD),
        ({"alignment": [{"targetName": "weld steel"}], "tags": ["paint walls"]}, WELD + PAINT),
        ({"credentialSubject": {"achievement": "urn:x"}}, ()),
        ({}, ()),
    ],
    ids=["tag", "result", "open badges 2", "no achievement", "nothing"],
)
def test_skills_stand_in_several_places(badge: dict[str, Any], names: tuple[str, ...]) -> None:
    """Guards against skills that only one kind of issuer's badges are read for."""
    assert proven(badge, SKILLS) == names
