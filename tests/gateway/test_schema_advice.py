"""Advice and question health as the schema shows them, over the registered operations."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.schema.progress.suspicions import suspicion
from services.kit.ids import Kind, new_id
from services.progress.contract import (
    AdviceKind,
    QuestionFlags,
    QuestionHealth,
    Recommendation,
    SkillStanding,
)
from tests.gateway.conftest import Gateway
from tests.support.versions import SKILL, rich_version

VERSION = rich_version()
LESSON = VERSION.modules[0].lessons[0]
OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
HEALTHY = QuestionHealth(
    question_id=new_id(Kind.QUESTION),
    lesson_id=LESSON.id,
    answers=40,
    facility=0.6,
    discrimination=0.4,
    claimed=True,
)


async def viewed(gateway: Gateway, name: str, token: str, **headers: str) -> Any:
    document = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    return (await gateway.run(document, token=token, **headers)).data["viewer"]


def changed(**fields: Any) -> QuestionHealth:
    return QuestionHealth(
        **{
            **{name: getattr(HEALTHY, name) for name in HEALTHY.__struct_fields__},
            **fields,
        }
    )


@pytest.mark.parametrize(
    "health, words",
    [
        (HEALTHY, None),
        (changed(likely_key="cho_1", strong=12, astray=9), "The key may be wrong: 9 of 12"),
        (changed(discrimination=-0.2), "get it wrong more often"),
        (
            changed(
                claimed=False,
                flags=(
                    QuestionFlags(reason="TYPO", learners=1),
                    QuestionFlags(reason="UNCLEAR", learners=2),
                ),
            ),
            "3 learners flagged it, most of all as UNCLEAR",
        ),
        (changed(facility=0.1), "Hardly anybody gets it right"),
        (changed(facility=0.1, claimed=False, discrimination=None), None),
        (changed(facility=1.0, discrimination=None), "Nearly everybody"),
        (changed(dead_choices=("cho_1", "cho_2")), "hardly anybody picks: 2"),
        (changed(discrimination=0.05), "hardly tells"),
    ],
)
def test_the_gravest_suspicion_is_told(health: QuestionHealth, words: str | None) -> None:
    """An author would be told of a dead choice and not of a wrong key."""
    told = suspicion(health)
    assert told is None if words is None else words in (told or "")


async def test_a_learner_reads_skills_and_what_to_do_with_reasons_in_their_language(
    gateway: Gateway,
) -> None:
    """A learner's app would show an advice that says no reason, or in no language of theirs."""
    token = gateway.accounts.token("ada")
    document = "{ viewer { id } }"
    learner = (await gateway.run(document, token=token)).data["viewer"]["id"]
    standing = SkillStanding(skill_id=SKILL.id, mastery=0.9, retention=0.8, answers=7)
    unknown = SkillStanding(skill_id=new_id(Kind.SKILL), mastery=1.0, retention=1.0, answers=1)
    gateway.world.adviser._standings[learner] = (unknown, standing)
    gateway.world.adviser._advice[learner] = (
        Recommendation(
            kind=AdviceKind.OVERDUE, course_id=VERSION.course_id, due_on=date(2026, 11, 20)
        ),
        Recommendation(kind=AdviceKind.REVIEWS, cards=3),
        Recommendation(
            kind=AdviceKind.RESUME, course_id=VERSION.course_id, lesson_id=LESSON.id, percent=33.3
        ),
        Recommendation(
            kind=AdviceKind.POPULAR, course_id=VERSION.course_id, skill_id=SKILL.id, learners=4
        ),
    )
    skills = (await viewed(gateway, "MySkills", token))["skills"]
    assert [(one["skill"]["id"], one["mastery"], one["answers"]) for one in skills] == [
        (SKILL.id, 0.9, 7)
    ]
    advice = (await viewed(gateway, "Recommendations", token))["recommendations"]
    title = VERSION.title["en"]
    assert [one["reason"] for one in advice] == [
        f"“{title}” was due on 2026-11-20.",
        "Cards due for review today: 3. A few minutes keep what you learned.",
        f"Go on with “{title}”: 33 % is done.",
        f"“{title}” is popular in a skill that you practise, {SKILL.name}: 4 took it up.",
    ]
    assert [one["course"] and one["course"]["id"] for one in advice] == [
        VERSION.course_id,
        None,
        VERSION.course_id,
        VERSION.course_id,
    ]
    assert advice[2]["lesson"]["id"] == LESSON.id
    spanish = await viewed(gateway, "Recommendations", token, **{"Accept-Language": "es-MX, en"})
    assert spanish["recommendations"][1]["reason"].startswith("Tarjetas para repasar hoy: 3.")


async def test_question_health_is_for_the_authors_of_the_course(gateway: Gateway) -> None:
    """A learner could see which questions are easy."""
    gateway.world.adviser._health[VERSION.course_id] = (
        changed(flags=(QuestionFlags(reason="TYPO", learners=2),)),
    )
    document = (OPERATIONS / "QuestionHealth.graphql").read_text(encoding="utf-8")
    wanted = {"id": VERSION.course_id}
    author = gateway.accounts.token("author", roles=["author"], org=VERSION.organisation)
    found = (await gateway.run(document, wanted, token=author)).data["course"]["questionHealth"]
    assert [(one["lesson"]["id"], one["flags"], one["suspicion"]) for one in found] == [
        (LESSON.id, 2, None)
    ]
    assert found[0]["flagsByReason"] == [{"reason": "TYPO", "learners": 2}]
    for token in (None, gateway.accounts.token("ada")):
        seen = (await gateway.run(document, wanted, token=token)).data["course"]
        assert seen["questionHealth"] is None
