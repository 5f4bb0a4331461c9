"""The services behind the gateway, in memory: honest fakes that hold what a test does to them.

Every contract method counts its calls in `calls`, so that a test can say how many a page may cost;
a function in `faults` runs in place of the method of that name, so that a test can say what breaks.
"""

import asyncio
import json
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from gateway.clients import Clients
from services.content import contract as content
from services.content.domain.pack.choosing import choose_pack
from services.content.domain.pack.manifest import ImageRendition
from services.content.domain.pack.writing import picture_hashes, write_files
from services.content.domain.texts import fallbacks
from services.content.use_cases.packing import check_query
from services.credentials import contract as awards
from services.credentials.domain.talent import read_query
from services.kit.clock import utc_now
from services.kit.errors import (
    AlreadyExists,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    StaleRevision,
)
from services.kit.ids import Kind, global_id, new_id
from services.kit.records import Actor, Page, PageArgs, Role
from services.progress import contract as progress
from services.progress.domain.settings import check_update
from tests.support.advice import Adviser
from tests.support.counted import EPOCH, Counted, paged
from tests.support.roll import Roll

Own = TypeVar("Own", progress.Review, progress.Enrolment)
PROFILE = ("display_name", "locale", "time_zone", "discoverable", "contact_url")
MAX_UPLOAD = 1_000_000


def _named(each: content.Skill | content.JobRole, query: content.CompetencyQuery) -> bool:
    in_framework = query.framework in {None, each.framework}
    return in_framework and (query.search or "").lower() in each.name.lower()


class Shelf(Counted):
    """CatalogApi, AuthoringApi and UploadsApi over versions and drafts put in by a test."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[str, content.CourseVersion] = {}
        self._courses: dict[str, content.Course] = {}
        self._drafts: dict[str, content.Draft] = {}
        self._uploaded: set[str] = set()
        self._moves: list[str] = []
        self._moved = asyncio.Event()

    def _move(self, course_id: str) -> None:
        """Tell that a pointer moved."""
        self._moves.append(course_id)
        self._moved.set()
        self._moved = asyncio.Event()

    def _put(self, version: content.CourseVersion) -> content.Course:
        self._versions[version.id] = version
        course = content.Course(
            id=version.course_id,
            slug=version.slug,
            organisation=version.organisation,
            language=version.language,
            locales=version.locales,
            title=version.title,
            summary=version.summary,
            level=version.level,
            tags=version.tags,
            minutes=version.minutes,
            lesson_count=sum(len(module.lessons) for module in version.modules),
            cover=version.cover,
            skills=version.skills,
            job_roles=version.job_roles,
            version_id=version.id,
            achievement=version.achievement,
        )
        self._courses[course.id] = course
        self._move(course.id)
        return course

    def _withdraw(self, course_id: str) -> None:
        """Archive a course: it is published no longer."""
        del self._courses[course_id]
        self._move(course_id)

    async def catalog(self, query: content.CatalogQuery) -> Page[content.Course]:
        found = [
            course
            for course in self._courses.values()
            if course.version_id
            and (query.search or "").lower() in course.title[course.language].lower()
            and (not query.filter.levels or course.level in query.filter.levels)
        ]
        return paged(found, query.page)

    async def courses(self, ids: tuple[str, ...]) -> tuple[content.Course | None, ...]:
        return tuple(
            course if (course := self._courses.get(id_)) and course.version_id else None
            for id_ in ids
        )

    async def courses_by_slug(self, slugs: tuple[str, ...]) -> tuple[content.Course | None, ...]:
        by_slug = {course.slug: course for course in self._courses.values() if course.version_id}
        return tuple(by_slug.get(slug) for slug in slugs)

    async def versions(self, ids: tuple[str, ...]) -> tuple[content.CourseVersion | None, ...]:
        return tuple(self._versions.get(id_) for id_ in ids)

    async def lesson_versions(
        self, lesson_ids: tuple[str, ...]
    ) -> tuple[content.CourseVersion | None, ...]:
        by_lesson = {
            lesson.id: version
            for version in self._versions.values()
            for module in version.modules
            for lesson in module.lessons
        }
        return tuple(by_lesson.get(id_) for id_ in lesson_ids)

    async def packs(
        self, queries: tuple[content.PackQuery, ...]
    ) -> tuple[content.OfflinePack | None, ...]:
        return tuple(_pack(self._versions.get(query.version_id), query) for query in queries)

    async def skills(self, ids: tuple[str, ...]) -> tuple[content.Skill | None, ...]:
        known = {skill.id: skill for v in self._versions.values() for skill in v.skills}
        return tuple(known.get(id_) for id_ in ids)

    async def moves(self, since: str | None, *, wait: float) -> content.Moves:
        heard = len(self._moves) if since is None else int(since)
        if heard == len(self._moves) and wait:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._moved.wait()
        news = enumerate(self._moves[heard:], heard + 1)
        moved = tuple(content.Move(course_id=id_, n=n, position=str(n)) for n, id_ in news)
        return content.Moves(position=str(len(self._moves)), moved=moved)

    async def pictures(self, names: tuple[content.PictureName, ...]) -> tuple[bytes | None, ...]:
        return tuple(None for _ in names)

    async def find_skills(self, query: content.CompetencyQuery) -> Page[content.Skill]:
        known = {skill.id: skill for v in self._versions.values() for skill in v.skills}
        return paged([each for each in known.values() if _named(each, query)], query.page)

    async def job_roles(self, ids: tuple[str, ...]) -> tuple[content.JobRole | None, ...]:
        known = {role.id: role for v in self._versions.values() for role in v.job_roles}
        return tuple(known.get(id_) for id_ in ids)

    async def find_job_roles(self, query: content.CompetencyQuery) -> Page[content.JobRole]:
        known = {role.id: role for v in self._versions.values() for role in v.job_roles}
        return paged([each for each in known.values() if _named(each, query)], query.page)

    async def job_role_skills(self, ids: tuple[str, ...]) -> tuple[tuple[content.Skill, ...], ...]:
        return tuple(
            tuple(
                skill
                for v in self._versions.values()
                if id_ in {role.id for role in v.job_roles}
                for skill in v.skills
            )
            for id_ in ids
        )

    async def create_course(self, actor: Actor, course: content.CreateCourse) -> content.Course:
        organisation = _organisation(actor)
        if any(each.slug == course.slug for each in self._courses.values()):
            raise AlreadyExists("The slug is taken.", path=("slug",))
        made = content.Course(
            id=new_id(Kind.COURSE),
            slug=course.slug,
            organisation=organisation,
            language=course.locale,
            locales=(course.locale,),
            title={course.locale: course.title},
            summary={course.locale: course.summary},
            level=content.Level.BEGINNER,
            minutes=0,
            lesson_count=0,
        )
        self._courses[made.id] = made
        problem = content.Problem(
            code=Invalid.code, message="A course needs a lesson.", path=("modules",)
        )
        self._drafts[made.id] = content.Draft(
            course_id=made.id, revision=1, content={}, problems=(problem,), updated_at=EPOCH
        )
        return made

    async def authored_courses(self, actor: Actor, page_args: PageArgs) -> Page[content.Course]:
        organisation = _organisation(actor)
        own = [each for each in self._courses.values() if each.organisation == organisation]
        return paged(own, page_args)

    async def authored(
        self, actor: Actor, ids: tuple[str, ...]
    ) -> tuple[content.Course | None, ...]:
        organisation = _organisation(actor)
        found = (self._courses.get(id_) for id_ in ids)
        return tuple(each if each and each.organisation == organisation else None for each in found)

    async def drafts(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[content.Draft | None, ...]:
        _organisation(actor)
        return tuple(self._drafts.get(id_) for id_ in course_ids)

    async def previews(
        self, actor: Actor, course_ids: tuple[str, ...]
    ) -> tuple[content.CourseVersion | None, ...]:
        _organisation(actor)
        return (None,) * len(course_ids)

    async def update_draft(self, actor: Actor, update: content.UpdateDraft) -> content.Course:
        _organisation(actor)
        draft = self._drafts.get(update.course_id)
        if draft is None:
            raise NotFound("There is no such course.", path=("courseId",))
        if draft.revision != update.base_revision:
            raise StaleRevision("Somebody saved meanwhile.", path=("baseRevision",))
        self._drafts[draft.course_id] = content.Draft(
            course_id=draft.course_id,
            revision=draft.revision + 1,
            content=update.content,
            updated_at=EPOCH,
        )
        return self._courses[draft.course_id]

    async def preview_publish(self, actor: Actor, course_id: str) -> content.PublishPreview:
        _organisation(actor)
        if course_id not in self._courses:
            raise NotFound("There is no such course.", path=("courseId",))
        draft = self._drafts.get(course_id)
        questions = {
            "one/q1": content.QuestionChange.SAME,
            "one/q2": content.QuestionChange.REKEYED,
        }
        return content.PublishPreview(
            target=content.Target(course_id=course_id, version_id="ver_AQ"),
            difference=content.Difference(questions=questions, lessons_changed=("one",)),
            bytes_to_fetch=512,
            problems=draft.problems if draft else (),
        )

    async def publish(self, actor: Actor, publish: content.PublishCourse) -> content.Course:
        return self._own(actor, publish.course_id)

    async def unschedule(self, actor: Actor, course_id: str) -> content.Course:
        return self._own(actor, course_id)

    async def roll_back(self, actor: Actor, back: content.RollBackCourse) -> content.Course:
        self._own(actor, back.course_id)
        for version in self._versions.values():
            if (version.course_id, version.number) == (back.course_id, back.version_number):
                return self._put(version)
        raise NotFound("There is no such version.", path=("versionNumber",))

    async def archive(self, actor: Actor, course_id: str) -> content.Course:
        course = self._own(actor, course_id)
        self._courses[course_id] = msgspec.structs.replace(course, version_id=None)
        self._move(course_id)
        return self._courses[course_id]

    async def version_ids(
        self, actor: Actor, course_ids: tuple[str, ...], page: PageArgs
    ) -> tuple[Page[str] | None, ...]:
        _organisation(actor)
        newest = sorted(self._versions.values(), key=lambda version: -version.number)
        return tuple(
            paged([version.id for version in newest if version.course_id == id_], page)
            for id_ in course_ids
        )

    def _own(self, actor: Actor, course_id: str) -> content.Course:
        _organisation(actor)
        if course_id not in self._courses:
            raise NotFound("There is no such course.", path=("courseId",))
        return self._courses[course_id]

    async def request_upload(self, actor: Actor, wanted: content.RequestUpload) -> content.Upload:
        _organisation(actor)
        if wanted.bytes > MAX_UPLOAD:
            raise LimitReached("The file is too large.", path=("bytes",))
        upload_id = global_id(Kind.UPLOAD, bytes.fromhex(wanted.sha256)[:16])
        is_here = wanted.sha256 in self._uploaded
        url = None if is_here else f"http://localhost:8000/uploads/{upload_id}?signature=x"
        return content.Upload(id=upload_id, url=url)

    async def picture(self, actor: Actor, upload_id: str) -> content.Image:
        raise NotFound("Your organisation has no such upload.", path=("imageUploadId",))

    async def import_course(self, actor: Actor, package: content.ImportCourse) -> content.Imported:
        _organisation(actor)
        loss = content.ImportLoss(
            path="b.html", severity=content.LossSeverity.SKIPPED, reason="A script."
        )
        return content.Imported(imported=len(package.package), losses=(loss,))


class Paths(Counted):
    """PathwaysApi over what is saved."""

    def __init__(self) -> None:
        super().__init__()
        self._pathways: dict[str, content.Pathway] = {}

    def _put(self, pathway: content.Pathway) -> None:
        """Put a pathway in place of the one of its id."""
        self._pathways[pathway.id] = pathway

    async def pathways(self, ids: tuple[str, ...]) -> tuple[content.Pathway | None, ...]:
        return tuple(self._pathways.get(id_) for id_ in ids)

    async def pathways_by_slug(self, slugs: tuple[str, ...]) -> tuple[content.Pathway | None, ...]:
        by_slug = {each.slug: each for each in self._pathways.values()}
        return tuple(by_slug.get(slug) for slug in slugs)

    async def pathway_page(self, page: PageArgs) -> Page[content.Pathway]:
        return paged(sorted(self._pathways.values(), key=lambda each: each.slug), page)

    async def save_pathway(self, actor: Actor, pathway: content.SavePathway) -> content.Pathway:
        known = self._pathways.get(pathway.id or "")
        saved = content.Pathway(
            id=pathway.id or new_id(Kind.PATHWAY),
            slug=pathway.slug,
            organisation=_organisation(actor),
            revision=known.revision + 1 if known else 1,
            language=pathway.language,
            title=pathway.title,
            summary=pathway.summary,
            course_ids=pathway.course_ids,
        )
        self._pathways[saved.id] = saved
        return saved


class Ledger(Counted):
    """TrackingApi, LearnerApi and HomeApi over events kept by id."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self._profiles: dict[str, progress.Profile] = {}
        self._enrolments: dict[progress.CourseKey, progress.Enrolment] = {}
        self._goals: dict[str, int] = {}
        self._reviews: list[progress.Review] = []
        self._bookmarks: defaultdict[str, list[progress.Bookmark]] = defaultdict(list)
        self._events: dict[str, dict[str, str]] = {}
        self._assigned: dict[str, list[progress.LearnerAssignment]] = {}
        self._notices: defaultdict[str, list[progress.Notice]] = defaultdict(list)
        self._moved = asyncio.Event()

    async def start_guest(self, actor: Actor, guest: progress.GuestProfile) -> progress.Profile:
        profile = progress.Profile(
            learner_id=actor.subject,
            locale=guest.locale,
            time_zone=guest.time_zone,
            is_guest=True,
        )
        self._profiles[actor.subject] = profile
        return profile

    async def claim_guest(self, actor: Actor, guest_id: str) -> progress.Profile:
        self._events.setdefault(actor.subject, {}).update(self._events.pop(guest_id, {}))
        for key in [key for key in self._enrolments if key.learner_id == guest_id]:
            moved = self._enrolments.pop(key)
            own = progress.CourseKey(learner_id=actor.subject, course_id=key.course_id)
            self._enrolments.setdefault(own, moved)
        profile = progress.Profile(learner_id=actor.subject, display_name=actor.name)
        self._profiles[actor.subject] = profile
        return profile

    async def enrol(self, actor: Actor, course_id: str) -> progress.Enrolment:
        [course] = await self._shelf.courses((course_id,))
        if course is None or course.version_id is None:
            raise NotFound("There is no such course.", path=("courseId",))
        [version] = await self._shelf.versions((course.version_id,))
        assert version is not None
        key = progress.CourseKey(learner_id=actor.subject, course_id=course_id)
        lessons = [lesson for module in version.modules for lesson in module.lessons]
        made = progress.Enrolment(
            id=new_id(Kind.ENROLMENT),
            learner_id=actor.subject,
            course_id=course_id,
            version_id=version.id,
            enrolled_at=EPOCH,
            resume=progress.ResumePoint(lesson_id=lessons[0].id, at=EPOCH),
            lessons=tuple(
                progress.LessonProgress(
                    lesson_id=lesson.id, lesson_key=lesson.key, version_id=version.id
                )
                for lesson in lessons
            ),
        )
        return self._enrolments.setdefault(key, made)

    async def withdraw(self, actor: Actor, course_id: str) -> progress.Enrolment:
        key = progress.CourseKey(learner_id=actor.subject, course_id=course_id)
        if key not in self._enrolments:
            raise NotFound("There is no such enrolment.", path=("courseId",))
        return self._enrolments[key]

    async def sync(self, actor: Actor, push: progress.Push) -> progress.SyncResult:
        if len(push.events.value) > progress.MAX_EVENTS:
            raise LimitReached("At most 200 events at once.")
        stored = self._events.setdefault(actor.subject, {})
        receipts = tuple(_receive(event, stored) for event in push.events.value)
        if any(receipt.status is progress.ReceiptStatus.ACCEPTED for receipt in receipts):
            self._move(actor.subject, progress.ChangeKind.LESSON_PROGRESS)
        change = progress.Change(
            kind=progress.ChangeKind.PROFILE, id=actor.subject, version=1, record={"n": len(stored)}
        )
        return progress.SyncResult(
            server_time=utc_now(),
            receipts=receipts,
            changes=(change,),
            cursor=f"after {len(stored)}",
            digest=f"{len(stored):032x}",
        )

    async def update_profile(
        self, actor: Actor, update: progress.ProfileUpdate
    ) -> progress.Profile:
        check_update(update)
        before = self._profiles.get(actor.subject, progress.Profile(learner_id=actor.subject))
        told = {name: getattr(update, name) for name in PROFILE}
        changed = {name: value or None for name, value in told.items() if value is not None}
        self._profiles[actor.subject] = msgspec.structs.replace(before, **changed)
        if update.daily_goal_minutes is not None:
            self._goals[actor.subject] = update.daily_goal_minutes
        return self._profiles[actor.subject]

    async def homes(self, learner_ids: tuple[str, ...]) -> tuple[progress.Home, ...]:
        return tuple(
            progress.Home(
                profile=self._profiles.get(id_),
                goal=progress.DailyGoal(
                    minutes=self._goals.get(id_, 10), days_per_week=7, minutes_today=0.0
                ),
                streak=progress.Streak(freezes_left=2),
                due_reviews=len(self._own(id_, self._reviews)),
                assignments=tuple(self._assigned.get(id_, ())),
                assigned=tuple(self._own(id_, list(self._enrolments.values()))),
                continued=tuple(
                    msgspec.structs.replace(each, lessons=())
                    for each in self._own(id_, list(self._enrolments.values()))
                    if each.status is progress.EnrolmentStatus.ACTIVE
                ),
            )
            for id_ in learner_ids
        )

    async def due_reviews(
        self, learner_id: str, *, before: date | None, page: PageArgs
    ) -> Page[progress.Review]:
        own = self._own(learner_id, self._reviews)
        return paged([each for each in own if before is None or each.due_on < before], page)

    async def reviews(
        self, keys: tuple[progress.ReviewKey, ...]
    ) -> tuple[progress.Review | None, ...]:
        return tuple(
            next(
                (
                    each
                    for each in self._own(key.learner_id, self._reviews)
                    if each.id == key.review_id
                ),
                None,
            )
            for key in keys
        )

    async def bookmarks(self, learner_id: str, page: PageArgs) -> Page[progress.Bookmark]:
        return paged(self._bookmarks[learner_id], page)

    def _own(self, learner_id: str, things: list[Own]) -> list[Own]:
        return [each for each in things if each.learner_id == learner_id]

    async def impacts(self, targets: tuple[content.Target, ...]) -> tuple[progress.Impact, ...]:
        enrolled = [key.course_id for key in self._enrolments]
        return tuple(
            progress.Impact(
                mid_course=enrolled.count(target.course_id), completions_lost=0, scores_raised=1
            )
            for target in targets
        )

    async def keep(self, actor: Actor, keepsakes: tuple[progress.Keepsake, ...]) -> None:
        del actor, keepsakes

    async def export(self, actor: Actor) -> progress.DataExport:
        url = f"https://learn.example/exports/{actor.subject}.zip"
        return progress.DataExport(url=url, expires_at=EPOCH)

    async def erase(self, actor: Actor, *, confirm: bool) -> None:
        if not confirm:
            raise Invalid("confirm must be true.", path=("confirm",))
        self._events.pop(actor.subject, None)
        self._profiles.pop(actor.subject, None)
        for key in [key for key in self._enrolments if key.learner_id == actor.subject]:
            del self._enrolments[key]

    async def record(self, events: tuple[progress.ServerEvent, ...]) -> None:
        for event in events:
            self._events.setdefault(event.learner_id, {})[event.id] = event.type
            self._move(event.learner_id, progress.ChangeKind.CREDENTIAL)

    async def profiles(self, learner_ids: tuple[str, ...]) -> tuple[progress.Profile | None, ...]:
        return tuple(self._profiles.get(id_) for id_ in learner_ids)

    async def enrolments(
        self, keys: tuple[progress.CourseKey, ...]
    ) -> tuple[progress.Enrolment | None, ...]:
        return tuple(self._enrolments.get(key) for key in keys)

    async def lesson_progress(
        self, keys: tuple[progress.LessonKey, ...]
    ) -> tuple[progress.LessonProgress | None, ...]:
        return tuple(self._lesson(key) for key in keys)

    async def event_days(self, keys: tuple[progress.DayKey, ...]) -> tuple[progress.EventDay, ...]:
        return tuple(
            progress.EventDay(digest=f"{key.day:%Y%m%d}", ids=(key.device_id,)) for key in keys
        )

    async def enrolments_of(
        self, learner_id: str, *, status: progress.EnrolmentStatus | None, page: PageArgs
    ) -> Page[progress.Enrolment]:
        own = [
            enrolment
            for key, enrolment in self._enrolments.items()
            if key.learner_id == learner_id and status in (None, enrolment.status)
        ]
        return paged(own, page)

    async def heads(
        self, known: tuple[progress.Known, ...], *, wait: float
    ) -> tuple[progress.Head, ...]:
        end = asyncio.get_running_loop().time() + wait
        while True:
            moved = self._moved
            heads = tuple(self._head(one) for one in known if self._n(one.learner_id) != one.n)
            rest = end - asyncio.get_running_loop().time()
            if heads or rest <= 0:
                return heads
            with suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), rest)

    def _head(self, known: progress.Known) -> progress.Head:
        told = self._notices[known.learner_id]
        since = len(told) if known.n is None else known.n
        return progress.Head(learner_id=known.learner_id, n=len(told), notices=tuple(told[since:]))

    def _n(self, learner_id: str) -> int:
        return len(self._notices[learner_id])

    def _move(self, learner_id: str, kind: progress.ChangeKind) -> None:
        """Count a submission, and wake whoever waits for one."""
        self._notices[learner_id].append(progress.Notice(n=self._n(learner_id) + 1, kinds=(kind,)))
        self._moved.set()
        self._moved = asyncio.Event()

    def _lesson(self, key: progress.LessonKey) -> progress.LessonProgress | None:
        held = self._enrolments.get(
            progress.CourseKey(learner_id=key.learner_id, course_id=key.course_id)
        )
        lessons = held.lessons if held else ()
        return next((each for each in lessons if each.lesson_key == key.lesson_key), None)


ISSUER = awards.Issuer(id="iss_AQ", name="Academy", did="did:web:academy.example")


def _check_issuer(actor: Actor) -> None:
    if Role.ISSUER not in actor.roles or actor.organisation is None:
        raise Forbidden("Only issuers may read this.")


class Cabinet(Counted):
    """What credentials promises, over credentials put in by a test."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self._held: dict[str, awards.Credential] = {}
        self._talent: list[awards.Talent] = []
        self._views: dict[str, list[awards.TalentView]] = defaultdict(list)
        self._endorsements: list[awards.Endorsement] = []

    def _put(self, credential: awards.Credential) -> None:
        self._held[credential.id] = credential

    async def achievements(self, ids: tuple[str, ...]) -> tuple[awards.Achievement | None, ...]:
        known = {
            version.achievement.id: _achievement(version, version.achievement)
            for version in self._shelf._versions.values()
            if version.achievement
        }
        return tuple(known.get(id_) for id_ in ids)

    async def credentials(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[awards.Credential | None, ...]:
        found = (self._held.get(id_) for id_ in ids)
        return tuple(
            each
            if each and (each.share_url or (actor and each.holder_id == actor.subject))
            else None
            for each in found
        )

    async def issued(self, actor: Actor, query: awards.IssuedQuery) -> Page[awards.Credential]:
        _check_issuer(actor)
        found = [
            each
            for each in self._held.values()
            if query.achievement_id in {None, each.achievement_id}
            and query.status in {None, each.status}
            and (query.search or "") in (each.holder_name or "")
        ]
        return paged(found, query.page)

    async def awarded(self, actor: Actor, page: PageArgs) -> Page[awards.Achievement]:
        _check_issuer(actor)
        versions = self._shelf._versions.values()
        return paged(
            [_achievement(one, one.achievement) for one in versions if one.achievement], page
        )

    async def issue_many(self, actor: Actor, batch: awards.IssueBatch) -> awards.IssueReport:
        _check_issuer(actor)
        failed = tuple(
            awards.RowError(row=place, message="Give either email or learnerId.")
            for place, row in enumerate(batch.rows)
            if (row.email is None) == (row.learner_id is None)
        )
        return awards.IssueReport(issued=tuple(self._held), failed=failed)

    async def claim(self, actor: Actor) -> tuple[awards.Credential, ...]:
        return tuple(self._held.values()) if actor.email else ()

    async def talent(self, actor: Actor, query: awards.TalentQuery) -> Page[awards.Talent]:
        read_query(query, now=utc_now())
        if Role.EMPLOYER not in actor.roles or actor.organisation is None:
            raise Forbidden("Only employers may look for people.")
        found = [
            one
            for one in self._talent
            if set(query.skill_ids) <= {skill.skill_id for skill in one.skills}
        ]
        return paged(found if len(found) >= awards.MIN_GROUP else [], query.page)

    async def talent_views(self, learner_id: str, page: PageArgs) -> Page[awards.TalentView]:
        return paged(self._views[learner_id], page)

    async def share(self, actor: Actor, share: awards.ShareCredential) -> awards.Credential:
        return self._share(
            actor,
            share.credential_id,
            share_url=f"https://learn.example/c/{share.credential_id}",
            share_expires_at=share.expires_at,
            shares_retention=share.show_retention,
        )

    async def unshare(self, actor: Actor, credential_id: str) -> awards.Credential:
        return self._share(
            actor, credential_id, share_url=None, share_expires_at=None, shares_retention=False
        )

    def _share(self, actor: Actor, credential_id: str, **changes: Any) -> awards.Credential:
        held = self._held.get(credential_id)
        if held is None or held.holder_id != actor.subject:
            raise NotFound("You hold no credential with this id.", path=("credentialId",))
        self._held[credential_id] = msgspec.structs.replace(held, **changes)
        return self._held[credential_id]

    async def held(
        self, keys: tuple[awards.HolderKey, ...]
    ) -> tuple[awards.Credential | None, ...]:
        by_key = {(each.holder_id, each.achievement_id): each for each in self._held.values()}
        return tuple(by_key.get((key.learner_id, key.achievement_id)) for key in keys)

    async def held_by(self, learner_id: str, page: PageArgs) -> Page[awards.Credential]:
        return paged([each for each in self._held.values() if each.holder_id == learner_id], page)

    async def retentions(
        self, actor: Actor | None, ids: tuple[str, ...]
    ) -> tuple[float | None, ...]:
        seen = await self.credentials(actor, ids)
        return tuple(0.75 if each else None for each in seen)

    async def refresh(self, actor: Actor, credential_id: str) -> awards.Credential:
        held = self._held.get(credential_id)
        if held is None or held.holder_id != actor.subject:
            raise NotFound("You hold no credential with this id.", path=("credentialId",))
        return held

    async def issuers(self, ids: tuple[str, ...]) -> tuple[awards.Issuer | None, ...]:
        return tuple(ISSUER if id_ == ISSUER.id else None for id_ in ids)

    async def endorsements(
        self, ids: tuple[str, ...]
    ) -> tuple[tuple[awards.Endorsement, ...], ...]:
        kept = reversed(self._endorsements)
        return tuple(tuple(one for one in kept if one.subject_id == id_) for id_ in ids)

    async def update_issuer(self, actor: Actor, changes: awards.IssuerChanges) -> awards.Issuer:
        return msgspec.structs.replace(ISSUER, name=changes.name or ISSUER.name)

    async def endorse(self, actor: Actor, endorse: awards.Endorse) -> awards.Endorsement:
        made = awards.Endorsement(
            id=f"end_{len(self._endorsements)}",
            subject_id=endorse.subject_id,
            body=awards.Issuer(id="iss_Ag", name="Board", did="did:web:board.example"),
            comment=endorse.comment,
            endorsed_at=datetime(2026, 11, 20, tzinfo=UTC),
            json=b'{"type": ["EndorsementCredential"]}',
        )
        self._endorsements.append(made)
        return made

    async def withdraw(self, actor: Actor, endorsement_id: str) -> awards.Endorsement:
        for one in self._endorsements:
            if one.id == endorsement_id:
                self._endorsements.remove(one)
                return one
        raise NotFound("Your organisation has no such endorsement.", path=("endorsementId",))

    async def revoke(self, actor: Actor, credential_id: str, reason: str) -> awards.Credential:
        return self._change(actor, credential_id, awards.CredentialStatus.REVOKED, reason)

    async def suspend(self, actor: Actor, credential_id: str, reason: str) -> awards.Credential:
        return self._change(actor, credential_id, awards.CredentialStatus.SUSPENDED, reason)

    async def reinstate(self, actor: Actor, credential_id: str) -> awards.Credential:
        return self._change(actor, credential_id, awards.CredentialStatus.VALID, None)

    def _change(
        self, actor: Actor, credential_id: str, to: awards.CredentialStatus, reason: str | None
    ) -> awards.Credential:
        held = self._held.get(credential_id)
        if held is None or Role.ISSUER not in actor.roles:
            raise NotFound("There is no such credential.", path=("credentialId",))
        one = awards.StatusChange(at=EPOCH, status=to, reason=reason, by=actor.subject)
        changed = replace(held, status=to, status_reason=reason, changes=(*held.changes, one))
        self._put(changed)
        return changed

    async def verify(
        self,
        inputs: tuple[awards.VerifyInput, ...],
        *,
        job_role_id: str | None = None,
        seconds: float | None = None,
    ) -> tuple[awards.Verification, ...]:
        assert seconds is None or seconds > 0
        return tuple(
            awards.Verification(
                verified=False,
                checks=(
                    awards.Check(
                        name=awards.CheckName.SYNTAX,
                        outcome=awards.CheckOutcome.FAILED,
                        message=f"This is no credential: {each.json}.",
                    ),
                ),
                role_match=None if job_role_id is None else 0.0,
            )
            for each in inputs
        )


class World:
    """All services, and the clients of the gateway over them."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.paths = Paths()
        self.ledger = Ledger(self.shelf)
        self.roll = Roll(self.shelf)
        self.adviser = Adviser(self.shelf)
        self.cabinet = Cabinet(self.shelf)
        self.clients = Clients(
            catalog=self.shelf,
            authoring=self.shelf,
            pathways=self.paths,
            tracking=self.ledger,
            learners=self.ledger,
            homes=self.ledger,
            impact=self.ledger,
            cohorts=self.roll,
            leaving=self.ledger,
            advice=self.adviser,
            health=self.adviser,
            credentials=self.cabinet,
            sharing=self.cabinet,
            talent=self.cabinet,
            issued=self.cabinet,
            bulk=self.cabinet,
            statuses=self.cabinet,
            refreshing=self.cabinet,
            issuers=self.cabinet,
            endorsing=self.cabinet,
            verifying=self.cabinet,
            uploads=self.shelf,
        )

    @property
    def calls(self) -> Counter[str]:
        """Return how often each contract method was called, but for waiting for news."""
        services = (self.paths, self.ledger, self.roll, self.adviser, self.cabinet)
        counted = sum((service.calls for service in services), self.shelf.calls)
        del counted["moves"]
        return counted

    def forget(self) -> None:
        """Count from nothing."""
        for service in (
            self.shelf,
            self.paths,
            self.ledger,
            self.roll,
            self.adviser,
            self.cabinet,
        ):
            service.calls.clear()


def _pack(
    version: content.CourseVersion | None, query: content.PackQuery
) -> content.OfflinePack | None:
    """Return a pack whose pictures have a rendition of a byte a pixel of their width."""
    check_query(query)
    if version is None:
        return None
    renditions = {
        picture: tuple(
            ImageRendition(width=width, hash=f"{width:064x}", bytes=width) for width in (360, 720)
        )
        for picture in picture_hashes(version)
    }
    return choose_pack(
        write_files(version, renditions).manifest,
        image_width=query.image_width,
        max_bytes=query.max_bytes,
        chain=None if query.locale is None else fallbacks(query.locale),
        first=query.first,
    )


def _organisation(actor: Actor) -> str:
    if Role.AUTHOR not in actor.roles or actor.organisation is None:
        raise Forbidden("Only authors may do this.")
    return actor.organisation


def _receive(event: Any, stored: dict[str, str]) -> progress.Receipt:
    """Return the receipt of one event; a malformed one is refused alone."""
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        return progress.Receipt(
            status=progress.ReceiptStatus.REJECTED, code=Invalid.code, message="It has no id."
        )
    told = json.dumps(event, sort_keys=True)
    before = stored.setdefault(event["id"], told)
    fresh = before is told
    status = progress.ReceiptStatus.ACCEPTED if fresh else progress.ReceiptStatus.DUPLICATE
    return progress.Receipt(id=event["id"], status=status)


def _achievement(
    version: content.CourseVersion, definition: content.AchievementDefinition
) -> awards.Achievement:
    return awards.Achievement(
        id=definition.id,
        version=definition.version,
        course_id=version.course_id,
        name=definition.name,
        description=definition.description,
        criteria=definition.criteria,
        language=version.language,
        issuer=ISSUER,
        skills=version.skills,
        pass_score=definition.pass_score,
    )
