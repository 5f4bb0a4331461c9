"""Marking against published scored cases: QTI 2.2 items of pie-qti, QTI 3.0 of LongsightGroup.

Every case that is not marked as its file says is named here, and so is every item that has no place
in the model.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.qti import Item, Unplaced, read_item

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FILES = {
    **{
        path.parent.name: path.with_name("cases.json")
        for path in (SAMPLES / "qti22-scored").glob("*/item.xml")
    },
    **{
        path.name.removesuffix(".cases.json"): path
        for path in (SAMPLES / "qti30").rglob("*.cases.json")
    },
}
TEMPLATED = "the question is made anew by templateProcessing"
UNPLACED = {
    "isNull_isNotNull": "a condition by isNull",
    "outcomeProcessing_exitTest": "the score is computed by baseValue",
    "outcomeProcessing_outcomeMaximum": "the score is computed by outcomeMaximum",
    "outcomeProcessing_outcomeProcessingFragment": "outcomeProcessingFragment in processing",
    "pair_unordered_match": "base type pair",
    "positionObject_coordinateSystem_aspectRatio": "points in a picture",
    "qti22_advanced_q10_hotspot": "hotspot interaction",
    "qti22_advanced_q8_graphic_gap_match": "graphicGapMatch interaction",
    "qti22_basic_q2_multiple": "nothing is scored",
    "responseProcessing_arithmetic_nulls": "a condition by isNull",
    "responseProcessing_default_expression": "setResponseValue in processing",
    "responseProcessing_deleteValue_repeat": "nothing is scored",
    "responseProcessing_exitResponse": "the score is computed by baseValue",
    "responseProcessing_lookupTable_interpolationTable": "the score is computed by lookupTable",
    "responseProcessing_mapOutcome_basic": "the score is computed by mapOutcome",
    "responseProcessing_mathOperator_integerUtils": "nothing is scored",
    "responseProcessing_math_max_min_round_truncate": "the score is computed by sum",
    "responseProcessing_notEqual_basic": "a condition by notEqual",
    "responseProcessing_random_lookupOutcomeValue": "lookupOutcomeValue in processing",
    "responseProcessing_responseProcessingFragment": "responseProcessingFragment in processing",
    "responseProcessing_setDefaultValue": "setResponseValue in processing",
    "responseProcessing_setResponseValue_setDefaultValue": "setDefaultValue in a condition",
    "responseProcessing_template_map_response_point": "points in a picture",
    "responseProcessing_template_match_nothing": "template match_nothing",
    "responseProcessing_xiInclude": "include in processing",
    "templateProcessing_exitTemplate": TEMPLATED,
    "templateProcessing_setCorrectResponse": TEMPLATED,
    "templateProcessing_templateCondition_branching": TEMPLATED,
    "template_randomFloat_roundTo_mathConstant": TEMPLATED,
}
"""Items whose score is not the sum of right answers and mappings, or whose interaction we lack."""
MISSES = {
    ("challenge-sensor", "lower excluded"): (
        "a tolerance takes both its bounds in; one alone cannot be left out"
    ),
    (
        "mapResponse_bounds_default_duplicates",
        "duplicate responses are counted (and then clamped)",
    ): "mapResponse counts each distinct value once by the information model",
}
"""Cases of items that we have, marked otherwise than published, and why."""
PASSED = 70


def cases_of(name: str) -> list[dict[str, Any]]:
    """Return the cases of an item that its upstream passes itself."""
    cases: list[dict[str, Any]] = json.loads(FILES[name].read_text(encoding="utf-8"))["cases"]
    return [case for case in cases if not case.get("xfail")]


def item_of(name: str) -> Item:
    path = FILES[name]
    xml = path.with_name("item.xml" if path.name == "cases.json" else f"{name}.xml")
    values: dict[str, set[str]] = {}
    for case in cases_of(name):
        for key, given in case["responses"].items():
            listed = given if isinstance(given, list) else [given]
            values.setdefault(key, set()).update(str(each) for each in listed if each is not None)
    return read_item(xml.read_bytes(), values=values)


def differs(item: Item, case: dict[str, Any]) -> bool:
    """Return whether a case is marked otherwise than its file says."""
    expected = case["expect"]
    outcomes = expected.get("outcomes", {})
    if outcomes.get("FEEDBACK") in {"correct", "incorrect"}:
        return item.is_right(case["responses"]) is not (outcomes["FEEDBACK"] == "correct")
    wanted = outcomes.get("SCORE", expected.get("score"))
    return bool(item.score(case["responses"]) != pytest.approx(wanted))


def test_published_cases_are_marked_as_published() -> None:
    """Who brings questions from elsewhere would see other scores than there."""
    unplaced: dict[str, str] = {}
    misses, passed = [], 0
    for name in sorted(FILES):
        try:
            item = item_of(name)
        except Unplaced as reason:
            unplaced[name] = str(reason)
            continue
        for case in cases_of(name):
            if differs(item, case):
                misses.append((name, case["name"]))
            else:
                passed += 1
    assert unplaced == UNPLACED
    assert misses == list(MISSES)
    assert passed == PASSED
    assert passed / (passed + len(misses)) >= 0.95
