"""Comparing versions of a course, and drafts with them."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeAlias

import msgspec

from services.content import contract
from services.content.domain.course import Course as Document
from services.content.domain.freezing import Frozen, freeze
from services.content.domain.outline import NOTHING, Outline, compare, keep_keys, outline
from services.content.use_cases.library import Held, Library, Recent
from services.content.use_cases.ports import CourseStore, StoredCourse, VersionStore
from services.content.use_cases.responses import Questions
from services.kit.errors import Invalid, NotFound, StaleRevision
from services.kit.ids import version_hash, version_id
from services.kit.records import Record

OUTLINES = 1024
"""Outlines kept in memory: some kilobytes each."""
DRAFTS = 16


def read_document(content: bytes) -> Document:
    """Return the course document of a draft as stored."""
    return msgspec.json.decode(content, type=Document)


class Edition(Record):
    """A version, or what a draft would become: the whole of it and its outline."""

    frozen: Frozen
    outline: Outline


class Later(Record):
    """The published version, as seen from one that it overtook."""

    frozen: Frozen
    rekeyed: frozenset[str]
    """Paths of questions whose key is another."""


Overtaken: TypeAlias = Callable[[Mapping[str, Held]], Awaitable[Mapping[str, Later]]]
"""Returns, by version id, the published version where that is another, with other keys."""


class Comparing:
    """The implementation of ComparingApi; published versions never change, so much is kept."""

    def __init__(
        self, library: Library, questions: Questions, courses: CourseStore, versions: VersionStore
    ) -> None:
        """Keep where versions and drafts are read."""
        self._library = library
        self._questions = questions
        self._courses = courses
        self._versions = versions
        self._outlines: Recent[Outline] = Recent(OUTLINES)
        self._drafts: Recent[Edition] = Recent(DRAFTS)

    async def differences(
        self, pairs: tuple[contract.VersionPair, ...]
    ) -> tuple[contract.Difference | None, ...]:
        """Return what differs in each pair; None where `before` is no version."""
        after = {target: await self.edition(target) for target in {pair.after for pair in pairs}}
        before = {key: await self._known(key) for key in {pair.before for pair in pairs}}
        return tuple(
            None if old is None else compare(old, after[pair.after].outline)
            for pair in pairs
            for old in (before[pair.before],)
        )

    async def remark(
        self, answers: tuple[contract.Answer, ...], key: contract.Target
    ) -> tuple[contract.Mark | None, ...]:
        """Mark answers of any versions of a course by the key of another."""
        edition = await self.edition(key)
        held = await self._library.by_id({answer.version_id for answer in answers})
        return tuple(
            self._questions.remark(held[answer.version_id].frozen, answer, key=edition.frozen)
            if answer.version_id in held
            else None
            for answer in answers
        )

    async def version_ids(self, course_ids: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of all versions of each course, oldest first."""
        found = await self._versions.hashes_of(course_ids)
        return tuple(tuple(map(version_id, found.get(key, ()))) for key in course_ids)

    async def overtaken(self, held: Mapping[str, Held]) -> Mapping[str, Later]:
        """Return, by version id, the published version where that is another, with other keys."""
        courses = {version.public.course_id for version in held.values()}
        published = await self._courses.published_hashes(courses) if courses else {}
        later: dict[str, Later] = {}
        for key, version in held.items():
            digest = published.get(version.public.course_id)
            if digest is None or digest == version.frozen.hash:
                continue
            target = contract.Target(
                course_id=version.public.course_id, version_id=version_id(digest)
            )
            edition = await self.edition(target)
            rekeyed = compare(self._outline(version), edition.outline).rekeyed
            if rekeyed:
                later[key] = Later(frozen=edition.frozen, rekeyed=rekeyed)
        return later

    async def edition(self, target: contract.Target) -> Edition:
        """Return a target, published or a draft.

        NotFound when it is none of the course, StaleRevision when the draft has moved on.
        """
        digest = version_hash(target.version_id)
        held = (await self._library.versions({digest})).get(digest)
        if held is not None:
            if held.public.course_id != target.course_id:
                raise NotFound("This version is of another course.", path=("versionId",))
            return Edition(frozen=held.frozen, outline=self._outline(held))
        course = (await self._courses.courses({target.course_id})).get(target.course_id)
        if course is None:
            raise NotFound("There is no such course.", path=("courseId",))
        draft = await self.draft(course)
        if draft.frozen.hash != digest:
            raise StaleRevision("The draft moved on meanwhile: ask again.", path=("versionId",))
        return draft

    async def draft(self, course: StoredCourse) -> Edition:
        """Return what the draft of a course would become."""
        name = f"{course.id} {course.revision} {course.published_hash}"
        known = self._drafts.get((name,))
        if name not in known:
            document = read_document(course.content)
            kept = await self.kept(course, document)
            known[name] = Edition(
                frozen=freeze(document, course_id=course.id, secret=course.secret),
                outline=outline(document, kept=kept),
            )
            self._drafts.keep(known)
        return known[name]

    async def kept(
        self, course: StoredCourse, document: Document, *, reworded: Collection[str] = ()
    ) -> Mapping[str, str]:
        """Return the key hashes that questions of a document keep from the published version.

        Invalid for what is `reworded` by the author's word and not a question of both.
        """
        before, after = await self.published(course), outline(document)
        for path in reworded:
            if path not in before.questions or path not in after.questions:
                raise Invalid(
                    f"{path[:100]!r} is no question of both the published version and the draft: "
                    "name the lesson's key and the question's, such as intro/q-sign.",
                    path=("rewordedQuestions",),
                )
        return keep_keys(before, after, reworded=reworded)

    async def published(self, course: StoredCourse) -> Outline:
        """Return the outline of the published version of a course, NOTHING where there is none."""
        if course.published_hash is None:
            return NOTHING
        return await self._known(version_id(course.published_hash)) or NOTHING

    async def _known(self, key: str) -> Outline | None:
        """Return the outline of a version by id, None where there is none."""
        known = self._outlines.get((key,))
        if key not in known:
            held = (await self._library.by_id((key,))).get(key)
            return None if held is None else self._outline(held)
        return known[key]

    def _outline(self, held: Held) -> Outline:
        known = self._outlines.get((held.public.id,))
        if held.public.id not in known:
            known[held.public.id] = outline(held.frozen.course, kept=held.kept)
            self._outlines.keep(known)
        return known[held.public.id]
