"""The viewer, enrolments and progress."""

import graphene

from gateway.schema.connection import connection, many, paging
from gateway.schema.content.types.course import Course, CourseVersion
from gateway.schema.content.types.lesson import Lesson
from gateway.schema.contract_type import ContractType, contract_enum
from gateway.schema.node import Node
from gateway.schema.progress.advice_resolvers import recommendations, viewer_skills
from gateway.schema.progress.advice_types import Recommendation, SkillStanding
from gateway.schema.progress.cohort_resolvers import (
    assigned_courses,
    assigned_enrolments,
    due_dates,
    learner_assignments,
)
from gateway.schema.progress.home_resolvers import (
    bookmarked_lessons,
    due_counts,
    due_reviews,
    goals,
    streaks,
)
from gateway.schema.progress.home_types import (
    DailyGoal,
    LessonConnection,
    ReviewConnection,
    Streak,
)
from gateway.schema.progress.resolvers import (
    continue_learning,
    earned_credentials,
    enrolled_courses,
    enrolled_lessons,
    enrolled_versions,
    enrolments,
    event_days,
    held_credentials,
    lessons_of,
    roles,
    talent_views,
)
from gateway.schema.resolvers import Batched, Projected
from gateway.schema.scalars import UUID, Date, DateTime, Locale
from services.kit import records
from services.progress import contract

Roles = contract_enum(
    records.Role,
    {
        "LEARNER": "Takes courses; everybody does.",
        "AUTHOR": "Writes and publishes the courses of their organisation.",
        "ISSUER": "Issues, suspends and revokes credentials of their organisation.",
        "ACCREDITOR": "Endorses what others award.",
        "MANAGER": "Assigns courses to people of their organisation and sees how they do.",
        "EMPLOYER": "Verifies credentials in bulk and finds people who agreed to be found.",
        "ADMIN": "Runs this deployment.",
    },
)
EnrolmentStatuses = contract_enum(
    contract.EnrolmentStatus,
    {
        "ACTIVE": "Under way.",
        "COMPLETED": "All lessons of the pinned version are completed; it stays so.",
        "WITHDRAWN": "Left; what was learned is kept.",
    },
)
LessonStatuses = contract_enum(
    contract.LessonStatus,
    {
        "NOT_STARTED": "Not opened yet.",
        "STARTED": "Opened.",
        "COMPLETED": "Every block seen, every question answered, and completion claimed.",
    },
)


class LessonProgress(ContractType, record=contract.LessonProgress):
    """Where a learner is in one lesson."""

    lesson = graphene.Field(
        graphene.NonNull(Lesson), resolver=Batched(lessons_of), description="The lesson."
    )
    status = graphene.Field(graphene.NonNull(LessonStatuses), description="How far it is.")
    block_id = graphene.ID(description="The block last looked at.")
    attempts = graphene.Int(required=True, description="Assessments: attempts handed in.")
    attempts_left = graphene.Int(description="How many more there are; null: no limit.")
    best_score = graphene.Float(
        description="Share of the points of the best attempt, 0 to 1; null before the first."
    )
    passed = graphene.Boolean(
        description="Assessments: whether the best attempt passes; null before the first."
    )
    seconds_spent = graphene.Int(required=True, description="Time in the lesson, on all devices.")
    completed_at = DateTime(description="When it was completed; null while it is not.")


class ResumePoint(ContractType, record=contract.ResumePoint):
    """Where to go on."""

    lesson = graphene.Field(
        graphene.NonNull(Lesson), resolver=Batched(lessons_of), description="The lesson."
    )
    block_id = graphene.ID(description="The block; null: from the start of the lesson.")
    at = DateTime(required=True, description="When the learner was there.")


class Enrolment(ContractType, record=contract.Enrolment, interfaces=(Node,)):
    """Where a learner is in one course. It keeps its version when the author publishes another."""

    course = graphene.Field(
        graphene.NonNull(Course), resolver=Batched(enrolled_courses), description="The course."
    )
    version = graphene.Field(
        graphene.NonNull(CourseVersion),
        resolver=Batched(enrolled_versions),
        description="The version that it is pinned to.",
    )
    status = graphene.Field(graphene.NonNull(EnrolmentStatuses), description="How it stands.")
    enrolled_at = DateTime(required=True, description="When it began.")
    completed_at = DateTime(description="When the last lesson was completed.")
    percent = graphene.Float(
        required=True, description="Share of the version's lessons that are completed, 0 to 100."
    )
    score = graphene.Float(
        description=(
            "Share of the points of all assessments, 0 to 1, by best attempts; "
            "null before the first is marked."
        )
    )
    resume = graphene.Field(
        ResumePoint, description="Where to go on; null at the start and when completed."
    )
    lessons = many(
        LessonProgress,
        resolver=Batched(enrolled_lessons),
        description="Every lesson of the version, in order.",
    )
    due_on = Date(
        resolver=Batched(due_dates),
        description="The first day on which a cohort asks for it; null where none does.",
    )
    credential = graphene.Field(
        "gateway.schema.credentials.types.Credential",
        resolver=Batched(earned_credentials),
        description="What it has earned; null while it has not.",
    )


EnrolmentConnection = connection(Enrolment, "enrolments")


class EventDay(ContractType, record=contract.EventDay):
    """What is stored of one device and one day of its clock."""

    digest = graphene.String(
        required=True, description="As SyncPayload.digest, over the events of this day alone."
    )
    ids = many(UUID, description="Ids of the events, ascending.")


class LearnerAssignment(ContractType, record=contract.LearnerAssignment, interfaces=(Node,)):
    """A course that one of the viewer's cohorts asks of them."""

    course = graphene.Field(
        graphene.NonNull(Course), resolver=Batched(assigned_courses), description="The course."
    )
    due_on = Date(description="The last day on which it is in time; null: no date.")
    cohort_name = graphene.String(required=True, description="Which cohort asks for it.")
    enrolment = graphene.Field(
        Enrolment,
        resolver=Batched(assigned_enrolments),
        description="Where the viewer is in it; null before they begin.",
    )


class Viewer(ContractType, record=contract.Profile, interfaces=(Node,)):
    """Who is signed in: an account or a guest."""

    id = graphene.ID(
        required=True,
        resolver=Projected(lambda profile, _: profile.learner_id),
        description="The learner's id; the same for ever.",
    )
    display_name = graphene.String(description="The name to show; null for most guests.")
    email = graphene.String(description="From the account; null for guests.")
    locale = Locale(required=True, description="The language that the learner chose.")
    time_zone = graphene.String(
        required=True, description="IANA name, like Europe/Rome; days are counted in it."
    )
    roles = many(Roles, resolver=Batched(roles), description="What they may act as.")
    is_guest = graphene.Boolean(
        required=True, description="True: known by one device only; claimGuest keeps what they did."
    )
    discoverable = graphene.Boolean(
        required=True, description="Whether employers may find them by their skills."
    )
    contact_url = graphene.String(description="Where employers may reach them; null: nowhere.")
    goal = graphene.Field(
        graphene.NonNull(DailyGoal),
        resolver=Batched(goals),
        description="What they have set out to do, and how far they are today.",
    )
    streak = graphene.Field(
        graphene.NonNull(Streak),
        resolver=Batched(streaks),
        description="Study days in a row, as of today.",
    )
    enrolments = graphene.Field(
        graphene.NonNull(EnrolmentConnection),
        status=graphene.Argument(EnrolmentStatuses, description="Only these; null: all."),
        **paging(),
        resolver=Batched(enrolments),
        description="Their courses, most recently active first.",
    )
    continue_learning = many(
        Enrolment,
        first=graphene.Int(default_value=3, description="How many at most."),
        resolver=Batched(continue_learning),
        description="Where to go on: most recent first.",
    )
    skills = many(
        SkillStanding,
        resolver=Batched(viewer_skills),
        description="How they stand in each skill that they were asked; the best first.",
    )
    recommendations = many(
        Recommendation,
        first=graphene.Int(default_value=5, description="How many; at most 20 are given."),
        resolver=Batched(recommendations),
        description="What to do next: what is overdue, cards to review, courses under way, the "
        "way to the job role that they set as the preference `jobRoleId`, and what is popular in "
        "the skills that they practised.",
    )
    event_day = graphene.Field(
        graphene.NonNull(EventDay),
        device_id=graphene.Argument(UUID, required=True, description="The installation."),
        day=graphene.Argument(Date, required=True, description="The UTC date of the events' `at`."),
        resolver=Batched(event_days),
        description="What the server has of a day: where the digests of a device differ, compare.",
    )
    assignments = many(
        LearnerAssignment,
        resolver=Batched(learner_assignments),
        description="What their cohorts ask of them; what is due first at the head.",
    )
    reviews = graphene.Field(
        graphene.NonNull(ReviewConnection),
        due_before=Date(description="Only cards due before this study day; null: due by today."),
        **paging(),
        resolver=Batched(due_reviews),
        description=(
            "Spaced repetition (FSRS-6): due now, most at risk of being forgotten first; at equal "
            "risk what was seen least recently. The order is that of the first page's day."
        ),
    )
    due_review_count = graphene.Int(
        required=True, resolver=Batched(due_counts), description="Cards due by today."
    )
    bookmarks = graphene.Field(
        graphene.NonNull(LessonConnection),
        **paging(50),
        resolver=Batched(bookmarked_lessons),
        description="Lessons that they marked, the latest first.",
    )
    credentials = graphene.Field(
        graphene.NonNull("gateway.schema.credentials.types.CredentialConnection"),
        **paging(),
        resolver=Batched(held_credentials),
        description="What they hold, newest first.",
    )
    talent_views = graphene.Field(
        graphene.NonNull("gateway.schema.credentials.talent.TalentViewConnection"),
        **paging(),
        resolver=Batched(talent_views),
        description="Who searched for talent, found the viewer, and why; for a year.",
    )
