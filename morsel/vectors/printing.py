"""The vectors as a phone sees them: questions as in GraphQL, responses as in events.

All questions are published together, each as a practice lesson of one course, so that their ids are
those of a real version.
"""

import json
from collections.abc import Mapping
from typing import Any

from morsel.vectors.cases import EXPLAINED, LANGUAGE, Case, Vector, says
from morsel.vectors.picking import PICKING
from morsel.vectors.writing import WRITING
from services.content.contract import CourseVersion
from services.content.contract import QuestionBlock as PublicBlock
from services.content.domain.course import Course, GapQuestion, Lesson, Module, QuestionBlock
from services.content.domain.freezing import Frozen, freeze
from services.content.domain.grading import Response
from services.content.use_cases.projection import Release, project
from services.kit.clock import from_millis
from services.kit.ids import Kind, global_id, item_id
from services.kit.records import Json, Record

VECTORS: tuple[Vector, ...] = (*PICKING, *WRITING)
_ABOUT = (
    "How practice answers are marked, for apps that mark offline. Each question is as GraphQL "
    "answers it in English, each response as the body of question.answered holds it; mark null: "
    "the response has not the question's shape, and gets no mark."
)
_HIDDEN = frozenset({"skills", "image"})
"""Fields that marking does not need."""


def vector_course() -> Frozen:
    """Return the course that holds every question, a lesson each, frozen as at publish."""
    lessons = tuple(
        Lesson(
            key=vector.name,
            title=says(vector.name),
            blocks=(QuestionBlock(key="question", question=vector.question),),
        )
        for vector in VECTORS
    )
    course = Course(
        slug="marking-vectors",
        language=LANGUAGE,
        title=says("Marking vectors"),
        summary=says("Every type of question."),
        modules=(Module(key="all", title=says("All"), lessons=lessons),),
    )
    course_id = global_id(Kind.COURSE, b"marking vectors")
    return freeze(course, course_id=course_id, secret=b"public: nothing here is assessed")


def vector_version() -> CourseVersion:
    """Return what everybody may see of that course."""
    release = Release(organisation="morsel", number=1, published_at=from_millis(0))
    return project(vector_course(), release, media={})


def print_vectors() -> str:
    """Return the vectors as JSON."""
    version = vector_version()
    lessons = [lesson for module in version.modules for lesson in module.lessons]
    vectors = []
    for vector, lesson in zip(VECTORS, lessons, strict=True):
        (block,) = lesson.blocks
        assert isinstance(block, PublicBlock)
        question = shown(block.question)
        cases = [_case(case, vector, question, version.hash) for case in vector.cases]
        vectors.append({"name": vector.name, "question": question, "cases": cases})
    whole = {"about": _ABOUT, "vectors": vectors}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def shown(record: Record) -> dict[str, Json]:
    """Return a record of the contract with the fields of its GraphQL type."""
    fields = {
        _camel(name): _shown(getattr(record, name))
        for name in record.__struct_fields__
        if name not in _HIDDEN
    }
    tagged = record.__struct_config__.tag is not None
    return {"__typename": type(record).__name__, **fields} if tagged else fields


def _shown(value: Any) -> Json:
    if isinstance(value, Record):
        return shown(value)
    if isinstance(value, tuple):
        return [_shown(item) for item in value]
    if isinstance(value, Mapping) and value.keys() == {LANGUAGE}:
        return value[LANGUAGE]
    return value


def _case(case: Case, vector: Vector, question: Mapping[str, Json], version: str) -> Json:
    mark = None
    if case.score is not None:
        told = question["explanation"] if case.feedback == EXPLAINED else case.feedback
        mark = {
            "correct": case.correct,
            "score": case.score,
            "maxScore": question["maxScore"],
            "feedback": told,
        }
    response = in_ids(case.response, vector, version)
    return {"name": case.name, "response": response, "mark": mark}


def in_ids(response: Response, vector: Vector, version: str) -> dict[str, Json]:
    """Return a response as an event of a phone holds it."""

    def choice(*keys: str) -> str:
        return item_id(Kind.CHOICE, version, "/".join((vector.name, "question", *keys)))

    if response.choices is not None:
        return {"choiceIds": [choice(key) for key in response.choices]}
    if response.pairs is not None:
        return {"pairs": [[choice(source), choice(target)] for source, target in response.pairs]}
    if response.number is not None:
        return {"number": response.number}
    assert response.texts is not None
    gaps = vector.question.gaps if isinstance(vector.question, GapQuestion) else ()
    picked = {
        (index, option.key): choice(gap.key, option.key)
        for index, gap in enumerate(gaps)
        for option in gap.options
    }
    return {"texts": [picked.get(each, each[1]) for each in enumerate(response.texts)]}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
