"""Every localised text that the schema shows falls back: pt-BR, pt, then the course's language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from gateway.schema import build_schema
from services.content import contract
from services.content.contract import LocalText
from services.content.domain.pack.writing import write_files
from services.content.domain.texts import fallbacks
from services.kit.records import Actor, Record, Role
from tests.gateway.conftest import Gateway
from tests.support.everything import Reader
from tests.support.versions import rich_version

ROLE = contract.JobRole(id="job_AQ", name="Wirer")
AUTHOR = Actor(subject="lrn_author", roles=frozenset({Role.AUTHOR}), organisation="academy")
TEXT = re.compile(r"\{([\w./ -]+)\|(\w\w)\}")


def in_three(node: Any, path: str = "") -> Any:
    """Return a record, each text of which says in French, English and Portuguese where it is."""
    if isinstance(node, tuple):
        return tuple(in_three(each, path) for each in node)
    if not isinstance(node, Record):
        return node
    hints = get_type_hints(type(node))
    changed = {}
    for name in type(node).__struct_fields__:
        where = f"{type(node).__name__}.{name}"
        if LocalText in (hints[name], *get_args(hints[name])):
            changed[name] = {tag: f"{{{where}|{tag}}}" for tag in ("fr", "en", "pt")}
        else:
            changed[name] = in_three(getattr(node, name), where)
    return msgspec.structs.replace(node, **changed)


def localised_version() -> contract.CourseVersion:
    """Return a version that has every localised field, each in three languages."""
    version = rich_version("localised")
    award = version.achievement
    assert award is not None
    image = version.cover
    award = msgspec.structs.replace(award, image=image)
    made: contract.CourseVersion = in_three(
        msgspec.structs.replace(version, achievement=award, job_roles=(ROLE,))
    )
    return made


def fields_of(*types: type[Record]) -> set[str]:
    """Return the localised fields of records."""
    return {
        f"{each.__name__}.{name}"
        for each in types
        for name, hint in get_type_hints(each).items()
        if LocalText in (hint, *get_args(hint))
    }


SHOWN = fields_of(
    contract.Module,
    contract.Lesson,
    contract.AchievementDefinition,
    contract.Skill,
    contract.JobRole,
    contract.Image,
    contract.Choice,
    contract.ChoiceQuestion,
    contract.OrderQuestion,
    contract.MatchQuestion,
    contract.TextEntryQuestion,
    contract.NumericQuestion,
    contract.GapQuestion,
    contract.TextBlock,
    contract.ImageBlock,
    contract.AudioBlock,
    contract.VideoBlock,
    contract.CalloutBlock,
    contract.Flashcard,
)


def texts_of(node: Any) -> Iterator[tuple[str, str]]:
    """Yield each text of an answer: its field and its language."""
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from texts_of(each)
    elif isinstance(node, str):
        yield from TEXT.findall(node)


@pytest.mark.parametrize(
    "locale,shown",
    [("pt-BR", "pt"), ("de-AT", "en")],
)
async def test_every_text_of_the_schema_falls_back(
    gateway: Gateway, locale: str, shown: str
) -> None:
    """A learner in Brazil would read one field in English, or in French, among Portuguese ones."""
    # given a course with all there is, a pathway with its achievement, and all fields to read
    version = localised_version()
    gateway.world.shelf._put(version)
    words = {tag: f"{{Pathway.title|{tag}}}" for tag in ("fr", "en", "pt")}
    saved = contract.SavePathway(
        slug="way", title=words, summary=words, language="en", course_ids=(version.course_id,)
    )
    await gateway.world.paths.save_pathway(AUTHOR, saved)
    lesson = version.modules[0].lessons[0].id
    roots: dict[str, Any] = {
        "course": ({"slug": '"localised"'},),
        "lesson": ({"id": f'"{lesson}"'},),
        "pathway": ({"slug": '"way"'},),
        "node": ({"id": f'"{version.course_id}"'},),
        "catalog": ({},),
    }
    arguments = {"imageWidth": "360", "width": "360", "locale": f'"{locale}"'}
    reader = Reader(build_schema().graphql_schema, arguments=arguments, roots=roots)
    # when all of it is read in a language
    found: set[tuple[str, str]] = set()
    for document in reader.documents():
        if any(f"{{ {root}" in document for root in roots):
            answer = await gateway.run(document, **{"Accept-Language": locale})
            assert answer.status == 200, answer.text
            assert "TOO_COSTLY" not in answer.text, document
            found |= set(texts_of(answer.json.get("data")))
    # then every localised field is there, in the first language of the chain that it has
    assert {tag for field, tag in found} == {shown}, sorted(f for f, tag in found if tag != shown)
    told = {field for field, _ in found}
    assert SHOWN - told == set()
    assert {"CourseVersion.title", "CourseVersion.summary", "Pathway.title"} <= told


@pytest.mark.parametrize("locale,shown", [("pt-BR", "pt"), ("pt", "pt"), ("de-AT", "en")])
def test_every_text_of_pack_files_falls_back(locale: str, shown: str) -> None:
    """A phone without network would show another language than the same phone with it."""
    version = localised_version()
    written = write_files(version, {})
    (language,) = written.manifest.locales(fallbacks(locale))
    files = [each.texts[language] for each in written.manifest.lessons]
    found = {
        text
        for digest in (*files, *written.manifest.index_files((language,)))
        for text in TEXT.findall(written.texts[digest].decode())
    }
    assert {tag for _, tag in found} == {shown}
    unpacked = fields_of(contract.AchievementDefinition, contract.JobRole) | {"Skill.descriptions"}
    assert SHOWN - unpacked - {field for field, _ in found} == set()
