"""Regrading: what a corrected key does to answers that are stored, in bounded steps."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from services.content.contract import CatalogApi, ComparingApi, Target, VersionPair
from services.kit.clock import Clock
from services.kit.ids import version_hash
from services.kit.records import OutboxEntry, Record
from services.progress.domain.admission import to_answer
from services.progress.domain.closing import Erased
from services.progress.domain.event import Event
from services.progress.domain.regrading import Suspect, raise_of, suspects
from services.progress.domain.stored import Stored
from services.progress.use_cases.across import Across, Agenda, EventKey
from services.progress.use_cases.appending import Appender
from services.progress.use_cases.store import CourseDocument

LEARNERS = 50
"""Learners in one step: a fraction of a lease's time."""
PAIRS = 20
"""Versions compared in one call."""
ANSWERS = 500
"""Answers marked in one call."""

Rekeyed = Mapping[str, frozenset[str]]
"""By hash of a version: its questions, as paths, whose key another version corrects."""


class Publication(Record, rename="camel"):
    """The entry `content.published`."""

    course_id: str
    version_id: str


class Step(Record, rename="camel"):
    """One step of regrading: the learners of a course behind an enrolment id."""

    publication: str
    """Id of the entry of content's feed."""
    course_id: str
    version_id: str
    after: str = ""


class Corrections:
    """What the key of one version makes of the answers to others."""

    def __init__(self, across: Across, comparing: ComparingApi, clock: Clock) -> None:
        """Keep where answers are read, and who compares and marks."""
        self._across = across
        self._comparing = comparing
        self._clock = clock

    async def rekeyed(self, target: Target) -> Rekeyed:
        """Return what a target corrects, by version; versions that it leaves alone are not there.

        All versions of the course count, for a phone may answer in another than it is pinned to.
        """
        (version_ids,) = await self._comparing.version_ids((target.course_id,))
        others = [id_ for id_ in version_ids if id_ != target.version_id]
        found: dict[str, frozenset[str]] = {}
        for start in range(0, len(others), PAIRS):
            some = others[start : start + PAIRS]
            pairs = tuple(VersionPair(before=id_, after=target) for id_ in some)
            for id_, difference in zip(some, await self._comparing.differences(pairs), strict=True):
                if difference is not None and difference.rekeyed:
                    found[version_hash(id_)] = difference.rekeyed
        return found

    async def raises(
        self, documents: Sequence[CourseDocument], target: Target, rekeyed: Rekeyed
    ) -> Mapping[str, tuple[Event, ...]]:
        """Return the events that raise what is to be raised, by enrolment id."""
        questions = all_questions(rekeyed)
        found = {each.id: tuple(suspects(each.state, questions)) for each in documents}
        stored = await self._across.events(
            {each.learner_id: [s.answer.event_id for s in found[each.id]] for each in documents}
        )
        marked = [
            (document.id, suspect, one)
            for document in documents
            for suspect in found[document.id]
            if (one := stored.get(EventKey(document.learner_id, suspect.answer.event_id)))
            and suspect.path in rekeyed.get(one.event.version or "", ())
        ]
        raised: dict[str, tuple[Event, ...]] = {}
        for start in range(0, len(marked), ANSWERS):
            for id_, event in await self._raised(marked[start : start + ANSWERS], target):
                raised[id_] = (*raised.get(id_, ()), event)
        return raised

    async def _raised(
        self, suspected: Sequence[tuple[str, Suspect, Stored]], target: Target
    ) -> list[tuple[str, Event]]:
        answers = tuple(to_answer(stored.event) for _, _, stored in suspected)
        marks = await self._comparing.remark(answers, target)
        at = self._clock()
        return [
            (id_, event)
            for (id_, suspect, stored), mark in zip(suspected, marks, strict=True)
            if mark is not None
            and (
                event := raise_of(
                    suspect, mark, answered=stored.event, key=target.version_id, at=at
                )
            )
        ]


class Regrading:
    """Raises what a published version's keys correct; every step may come twice."""

    def __init__(
        self,
        across: Across,
        agenda: Agenda,
        appender: Appender,
        corrections: Corrections,
        catalog: CatalogApi,
    ) -> None:
        """Keep the parts."""
        self._across = across
        self._agenda = agenda
        self._appender = appender
        self._corrections = corrections
        self._catalog = catalog

    async def begin(self, entry_id: str, publication: Publication) -> None:
        """Note that a version was published; a repeat is a no-op."""
        step = Step(
            publication=entry_id,
            course_id=publication.course_id,
            version_id=publication.version_id,
        )
        await self._agenda.begin(entry_id, entry_of(step))

    async def take(self, step: Step) -> None:
        """Regrade the learners of one step, and note the next.

        Nothing is left to do where another version is published by now: its own steps follow.
        """
        target = Target(course_id=step.course_id, version_id=step.version_id)
        (course,) = await self._catalog.courses((step.course_id,))
        if course is None or course.version_id != step.version_id:
            return
        rekeyed = await self._corrections.rekeyed(target)
        if not rekeyed:
            return
        documents = await self._across.missed(
            step.course_id, all_questions(rekeyed), after=step.after, limit=LEARNERS
        )
        raised = await self._corrections.raises(documents, target, rekeyed)
        for document in documents:
            if own := raised.get(document.id):
                await self._append(document.learner_id, own)
        if len(documents) == LEARNERS:
            following = Step(
                publication=step.publication,
                course_id=step.course_id,
                version_id=step.version_id,
                after=documents[-1].id,
            )
            await self._agenda.go_on(step.publication, entry_of(following))

    async def _append(self, learner_id: str, raised: tuple[Event, ...]) -> None:
        """Append to a learner's log; of a guest that was claimed, the account is a learner too."""
        with suppress(Erased):
            await self._appender.append(learner_id, (), own=lambda _: raised)


def all_questions(rekeyed: Rekeyed) -> frozenset[str]:
    """Return the questions that are corrected in any version."""
    return frozenset().union(*rekeyed.values())


def entry_of(step: Step) -> OutboxEntry:
    """Return a step as an outbox holds it; its id follows from it."""
    return OutboxEntry(
        id=f"regrade:{step.publication}:{step.after}",
        type="regrade",
        data={
            "publication": step.publication,
            "courseId": step.course_id,
            "versionId": step.version_id,
            "after": step.after,
        },
    )
