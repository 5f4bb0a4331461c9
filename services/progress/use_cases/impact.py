"""Impact: what publishing a version would do to learners, counted before anybody publishes it."""

from collections.abc import Mapping, Sequence

from services.content.contract import Target, VersionFacts
from services.kit.ids import version_hash
from services.progress.contract import Enrolment, EnrolmentStatus, Impact
from services.progress.domain.course import fold
from services.progress.domain.event import Event
from services.progress.domain.stored import Stored
from services.progress.use_cases.across import Across, Group
from services.progress.use_cases.facts import Facts
from services.progress.use_cases.regrading import Corrections, Rekeyed, all_questions
from services.progress.use_cases.store import CourseDocument
from services.progress.use_cases.view import enrolment_of

LEARNERS = 100
"""Learners looked at in one go."""
SAMPLE = 1_000
"""Learners looked at one by one. Enrolment ids are random, so the first ones are a fair sample."""


class Impacts:
    """The implementation of ImpactApi."""

    def __init__(self, across: Across, corrections: Corrections, facts: Facts) -> None:
        """Keep where learners are counted, and who says what would be raised."""
        self._across = across
        self._corrections = corrections
        self._facts = facts

    async def impacts(self, targets: tuple[Target, ...]) -> tuple[Impact, ...]:
        """Return what publishing each target would do to the learners of its course."""
        return tuple([await self._impact(target) for target in targets])

    async def _impact(self, target: Target) -> Impact:
        groups = await self._across.groups(target.course_id)
        raised, taken = await self._regraded(target)
        return Impact(
            mid_course=_count(groups, EnrolmentStatus.ACTIVE),
            completions_lost=await self._orphaned(groups) + taken,
            scores_raised=raised,
        )

    async def _orphaned(self, groups: Sequence[Group]) -> int:
        """Return how many completions are of a version that content no longer has."""
        completed = [each for each in groups if each.status is EnrolmentStatus.COMPLETED]
        held = await self._facts.of(version_hash(each.version_id) for each in completed)
        return sum(each.learners for each in completed if version_hash(each.version_id) not in held)

    async def _regraded(self, target: Target) -> tuple[int, int]:
        """Return how many scores regrading raises, and how many completions it takes away.

        Beyond SAMPLE learners the first number is that of the sample, scaled up.
        """
        rekeyed = await self._corrections.rekeyed(target)
        questions = all_questions(rekeyed)
        affected = await self._across.count_missed(target.course_id, questions) if questions else 0
        seen = raised = taken = 0
        after = ""
        while seen < min(affected, SAMPLE):
            documents = await self._across.missed(
                target.course_id, questions, after=after, limit=LEARNERS
            )
            if not documents:
                break
            for before, then in await self._views(documents, target, rekeyed):
                raised += _is_raised(before, then)
                taken += before.completed_at is not None and then.completed_at is None
            seen, after = seen + len(documents), documents[-1].id
        return (round(raised * affected / seen) if seen else 0), taken

    async def _views(
        self, documents: Sequence[CourseDocument], target: Target, rekeyed: Rekeyed
    ) -> list[tuple[Enrolment, Enrolment]]:
        """Return each learner's enrolment as it is, and as the fold gives it when regraded."""
        raises = await self._corrections.raises(documents, target, rekeyed)
        versions = await self._facts.of(
            [
                *(event.version or "" for events in raises.values() for event in events),
                *(version_hash(each.view.version_id) for each in documents if each.view),
            ]
        )
        return [
            (each.view, _regraded(each, each.view, raises.get(each.id, ()), versions))
            for each in documents
            if each.view is not None and version_hash(each.view.version_id) in versions
        ]


def _regraded(
    document: CourseDocument,
    view: Enrolment,
    raised: Sequence[Event],
    versions: Mapping[str, VersionFacts],
) -> Enrolment:
    stored = [Stored(event=event, place=(0, 0), received=0, effective=0) for event in raised]
    return enrolment_of(
        fold(document.state, stored, versions),
        versions[version_hash(view.version_id)],
        enrolment_id=document.id,
        learner_id=document.learner_id,
    )


def _is_raised(before: Enrolment, then: Enrolment) -> bool:
    """Return whether the score of a course or of one of its lessons is higher."""
    scores = [(before.score, then.score)]
    pairs = zip(before.lessons, then.lessons, strict=True)
    scores += [(old.best_score, new.best_score) for old, new in pairs]
    return any((new or 0.0) > (old or 0.0) for old, new in scores)


def _count(groups: Sequence[Group], status: EnrolmentStatus) -> int:
    return sum(each.learners for each in groups if each.status is status)
