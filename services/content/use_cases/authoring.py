"""Writing courses: the implementation of AuthoringApi."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from services.content import contract
from services.content.domain.course import Course as Document
from services.content.domain.files import media_hashes
from services.content.domain.keys import KEY, KEY_RULE
from services.content.domain.pictures import picture_hashes
from services.content.domain.problem import Problem
from services.content.domain.staleness import mark, stale_translations
from services.content.domain.texts import LOCALE
from services.content.use_cases.access import author_organisation, may_write
from services.content.use_cases.comparing import read_document
from services.content.use_cases.cursors import check_page, read_cursor, write_cursor
from services.content.use_cases.documents import check_confirmed, convert, encode
from services.content.use_cases.importing import Importing
from services.content.use_cases.pointers import stale
from services.content.use_cases.ports import CourseStore, MediaStore, StoredCourse
from services.content.use_cases.previewing import Previewing
from services.content.use_cases.projection import summarise
from services.content.use_cases.releasing import Releasing, show_schedule
from services.kit.clock import Clock
from services.kit.errors import AlreadyExists, Code, Forbidden, Invalid, NotFound
from services.kit.ids import Kind, new_id
from services.kit.records import Actor, Page, PageArgs

_ORDER = "AUTHORED"


class Authoring:
    """Drafts of the actor's organisation, and their publication."""

    def __init__(
        self,
        courses: CourseStore,
        media: MediaStore,
        releasing: Releasing,
        importing: Importing,
        previewing: Previewing,
        *,
        clock: Clock,
    ) -> None:
        """Keep the stores, and who decides of releases, imports and previews."""
        self._courses = courses
        self._media = media
        self._releasing = releasing
        self._importing = importing
        self._previewing = previewing
        self._clock = clock

    async def create_course(self, actor: Actor, course: contract.CreateCourse) -> contract.Course:
        """Create a course with an empty draft, once; AlreadyExists when the slug is taken."""
        if not KEY.fullmatch(course.slug):
            raise Invalid(f"The slug is {KEY_RULE}.", path=("slug",))
        if not LOCALE.fullmatch(course.locale):
            raise Invalid("The locale is a tag such as en or pt-BR.", path=("locale",))
        document = Document(
            slug=course.slug,
            language=course.locale,
            title={course.locale: course.title},
            summary={course.locale: course.summary},
        )
        created = self._new(_own(actor), document)
        if not await self._courses.add_course(created):
            known = await self._courses.course_by_slug(document.slug)
            if known is None or not _is_again(created, known):
                raise _taken(document.slug)
            created = known
        return await self._show(created)

    async def authored_courses(self, actor: Actor, page: PageArgs) -> Page[contract.Course]:
        """Return the courses of the actor's organisation, drafts too."""
        check_page(page)
        after = None if page.after is None else read_cursor(page.after, _ORDER, kinds=(str,))[0]
        found, total = await self._courses.organisation_page(
            author_organisation(actor), after=after, limit=page.first + 1
        )
        shown = found[: page.first]
        return Page(
            nodes=tuple([await self._show(course) for course in shown]),
            cursors=tuple(write_cursor(_ORDER, (course.id,)) for course in shown),
            has_next=len(found) > len(shown),
            has_previous=page.after is not None,
            total=total,
        )

    async def authored(
        self, actor: Actor, ids: tuple[str, ...]
    ) -> tuple[contract.Course | None, ...]:
        """Return courses of the actor's organisation by id, published or not."""
        found = await self._readable(actor, ids)
        shown = {course.id: await self._show(course) for course in found}
        return tuple(shown.get(key) for key in ids)

    async def standing(self, ids: Collection[str]) -> Mapping[str, contract.Course]:
        """Return courses of whatever organisation by id: as published, or else as drafted."""
        found = await self._courses.courses(ids)
        return {course.id: await self._show(course) for course in found.values()}

    async def drafts(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[contract.Draft | None, ...]:
        """Return drafts; None for what is not the actor's organisation's."""
        found = await self._readable(actor, course_ids)
        drafts = {course.id: await self._draft(course) for course in found}
        return tuple(drafts.get(key) for key in course_ids)

    async def previews(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[contract.CourseVersion | None, ...]:
        """Return drafts as learners would see them, as far as they can be shown."""
        found = await self._readable(actor, course_ids)
        shown = {course.id: await self._preview(course) for course in found}
        return tuple(shown.get(key) for key in course_ids)

    async def update_draft(self, actor: Actor, update: contract.UpdateDraft) -> contract.Course:
        """Replace the draft; StaleRevision when it moved on, Invalid when this is no course."""
        course = await self._writable(actor, update.course_id)
        document = convert(update.content)
        if course.revision != update.base_revision:
            raise stale(course.revision)
        if document.slug != course.slug:
            message = f"The slug {course.slug!r} names the course for good: it cannot change."
            raise Invalid(message, path=("content", "slug"))
        confirmed = check_confirmed(update.confirmed, document)
        return await self._show(await self._replace(course, document, confirmed=confirmed))

    async def preview_publish(self, actor: Actor, course_id: str) -> contract.PublishPreview:
        """Return what publishing the draft would change; changes nothing itself."""
        course = await self._writable(actor, course_id)
        problems = await self._releasing.problems(read_document(course.content))
        return await self._previewing.preview(course, tuple(problems))

    async def publish(self, actor: Actor, publish: contract.PublishCourse) -> contract.Course:
        """Publish the draft; Invalid with every problem while it has any."""
        course = await self._writable(actor, publish.course_id)
        return await self._show(await self._releasing.publish(course, publish))

    async def unschedule(self, actor: Actor, course_id: str) -> contract.Course:
        """Forget the scheduled publication; a course without one stays as it is."""
        course = await self._writable(actor, course_id)
        return await self._show(await self._releasing.unschedule(course))

    async def roll_back(self, actor: Actor, back: contract.RollBackCourse) -> contract.Course:
        """Move the pointer to an earlier version; NotFound when there is none of that number."""
        course = await self._writable(actor, back.course_id)
        return await self._show(await self._releasing.roll_back(course, back.version_number))

    async def archive(self, actor: Actor, course_id: str) -> contract.Course:
        """Take a course out of the catalogue; what was scheduled is forgotten."""
        course = await self._writable(actor, course_id)
        return await self._show(await self._releasing.archive(course))

    async def version_ids(
        self, actor: Actor, course_ids: tuple[str, ...], page: PageArgs
    ) -> tuple[Page[str] | None, ...]:
        """Return a page of each course's versions, newest first; None where not the actor's."""
        found = await self._readable(actor, course_ids)
        pages = {course.id: await self._releasing.versions(course, page) for course in found}
        return tuple(pages.get(key) for key in course_ids)

    async def import_course(
        self, actor: Actor, package: contract.ImportCourse
    ) -> contract.Imported:
        """Bring a package in as a draft; repeating it updates the course of that slug."""
        organisation = _own(actor)
        brought = await self._importing.read(actor, package)
        if brought.course is None:
            return contract.Imported(losses=brought.losses, problems=_problems(brought.problems))
        course = await self._put(actor, organisation, brought.course)
        problems: Sequence[Problem] = ()
        if package.publish:
            problems = await self._releasing.problems(brought.course)
        if package.publish and not problems:
            course = await self._releasing.publish_import(course)
        return contract.Imported(
            course=await self._show(course),
            imported=len(brought.course.lessons),
            losses=brought.losses,
            problems=_problems(problems),
        )

    async def _put(self, actor: Actor, organisation: str, document: Document) -> StoredCourse:
        """Return the course of that slug with the document as its draft; an equal draft is left."""
        course = await self._courses.course_by_slug(document.slug)
        if course is None:
            course = self._new(organisation, document)
            await self._media.keep(media_hashes(document))
            if await self._courses.add_course(course):
                return course
            course = await self._courses.course_by_slug(document.slug)
        if course is None or not may_write(actor, course.organisation):
            raise _taken(document.slug)
        if read_document(course.content) == document:
            return course
        return await self._replace(course, document)

    def _new(self, organisation: str, document: Document) -> StoredCourse:
        return StoredCourse(
            id=new_id(Kind.COURSE),
            slug=document.slug,
            organisation=organisation,
            secret=secrets.token_bytes(32),
            revision=1,
            content=encode(document),
            updated_at=self._clock(),
        )

    async def _replace(
        self,
        course: StoredCourse,
        document: Document,
        *,
        confirmed: AbstractSet[contract.Translation] = frozenset(),
    ) -> StoredCourse:
        await self._media.keep(media_hashes(document))
        before = read_document(course.content)
        replaced = await self._courses.replace_draft(
            course.id,
            base_revision=course.revision,
            content=encode(document),
            marks=mark(before, course.marks, document, confirmed=confirmed),
            at=self._clock(),
        )
        if replaced is None:
            raise stale(course.revision + 1)
        return replaced

    async def _readable(self, actor: Actor, ids: Sequence[str]) -> list[StoredCourse]:
        author_organisation(actor)
        found = await self._courses.courses(set(ids))
        return [course for course in found.values() if may_write(actor, course.organisation)]

    async def _writable(self, actor: Actor, course_id: str) -> StoredCourse:
        author_organisation(actor)
        course = (await self._courses.courses({course_id})).get(course_id)
        if course is None:
            raise NotFound("There is no such course.", path=("courseId",))
        if not may_write(actor, course.organisation):
            raise Forbidden("This course belongs to another organisation.", path=("courseId",))
        return course

    async def _show(self, course: StoredCourse) -> contract.Course:
        """Return a course as it stands: as published, or else as drafted."""
        if course.card is not None:
            return msgspec.msgpack.decode(course.card, type=contract.Course)
        document = read_document(course.content)
        return summarise(
            document,
            course_id=course.id,
            organisation=course.organisation,
            media=await self._media.media(picture_hashes(document)),
            version=None,
        )

    async def _preview(self, course: StoredCourse) -> contract.CourseVersion | None:
        problems = await self._releasing.problems(read_document(course.content))
        return await self._previewing.show(course, problems)

    async def _draft(self, course: StoredCourse) -> contract.Draft:
        document = read_document(course.content)
        return contract.Draft(
            course_id=course.id,
            revision=course.revision,
            content=msgspec.json.decode(course.content),
            problems=_problems(await self._releasing.problems(document)),
            updated_at=course.updated_at,
            scheduled=show_schedule(course),
            stale_translations=stale_translations(document, course.marks),
        )


def _is_again(created: StoredCourse, known: StoredCourse) -> bool:
    """Return whether a course is there from a call whose answer was lost, and untouched since."""
    same = (created.organisation, created.revision, created.content)
    return same == (known.organisation, known.revision, known.content)


def _own(actor: Actor) -> str:
    organisation = author_organisation(actor)
    if organisation is None:
        raise Forbidden("A course belongs to an organisation, and your token names none.")
    return organisation


def _problems(problems: Sequence[Problem]) -> tuple[contract.Problem, ...]:
    return tuple(
        contract.Problem(code=Code.INVALID, message=problem.message, path=problem.path)
        for problem in problems
    )


def _taken(slug: str) -> AlreadyExists:
    return AlreadyExists(f"The slug {slug!r} is taken by another course.", path=("slug",))
