"""Types of event about the learner's own: reviews, streak and goal, bookmarks, settings."""

from services.progress.domain.event_types.learning import SECONDS
from services.progress.domain.event_types.shape import EventType, Field
from services.progress.domain.rules import Day, Flag, Form, OneOf, Scalar, Text, Whole

MAX_GRADE = 4
MAX_MINUTES = 24 * 60
DAYS_A_WEEK = 7
MAX_VALUE = 500
MAX_REPORT = 1_000
REASONS = ("WRONG_KEY", "UNCLEAR", "TYPO", "BROKEN", "OTHER")
"""Why a question is reported."""

NAME = Form(
    pattern="[a-z][a-zA-Z0-9]*(?:\\.[a-z][a-zA-Z0-9]*)*",
    longest=64,
    allowed="a name such as sound or reminder.time",
)
DAY = Day(
    form=Form(
        pattern="(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        longest=10,
        allowed="a date such as 2026-11-22",
    )
)

PERSONAL = (
    EventType(
        name="card.reviewed",
        about="A flashcard was turned and graded by the learner. Questions are not graded so: "
        "answer them. Of each card the first of a study day schedules.",
        ref=("version", "lesson", "card"),
        body=(
            Field(
                name="grade",
                rule=Whole(low=1, high=MAX_GRADE),
                required=True,
                about="1 forgotten, 2 hard, 3 good, 4 easy.",
            ),
            SECONDS,
        ),
    ),
    EventType(
        name="card.suspended",
        about="A flashcard or a practice question is not to come back for review, or is again.",
        ref=("version", "lesson"),
        one_ref=("card", "question"),
        body=(
            Field(
                name="suspended",
                rule=Flag(),
                required=True,
                about="False takes the suspension back.",
            ),
        ),
    ),
    EventType(
        name="streak.frozen",
        about="A study day off without losing the streak; it takes one of the freezes left, and "
        "none if that day was studied after all.",
        body=(
            Field(
                name="day",
                rule=DAY,
                required=True,
                about="The study day, at most 7 days before or after the one it was asked on.",
            ),
        ),
    ),
    EventType(
        name="goal.set",
        about="The learner set a goal; it counts from the study day on which it was set.",
        body=(
            Field(
                name="minutes",
                rule=Whole(low=1, high=MAX_MINUTES),
                required=True,
                about="Minutes a study day.",
            ),
            Field(
                name="daysPerWeek",
                rule=Whole(low=1, high=DAYS_A_WEEK),
                about="Study days in a week from Monday to Sunday; the others may be missed "
                "without losing the streak. Left out: every day.",
            ),
        ),
    ),
    EventType(
        name="question.flagged",
        about="A question was reported; of one learner and question the last report stands.",
        ref=("version", "lesson", "question"),
        body=(
            Field(name="reason", rule=OneOf(words=REASONS), required=True, about="What is wrong."),
            Field(
                name="text",
                rule=Text(
                    longest=MAX_REPORT, allowed=f"a text of 1 to {MAX_REPORT} characters or null"
                ),
                about="In the learner's own words.",
            ),
        ),
    ),
    EventType(
        name="bookmark.set",
        about="A bookmark was set on a lesson or taken away; the last one stands.",
        ref=("version", "lesson"),
        body=(Field(name="bookmarked", rule=Flag(), required=True, about="False takes it away."),),
    ),
    EventType(
        name="preference.set",
        about="A setting of the app was changed; by name the last one stands. The server keeps "
        "100 names.",
        body=(
            Field(name="name", rule=NAME, required=True, about="The app's own name for it."),
            Field(
                name="value",
                rule=Scalar(longest=MAX_VALUE),
                about="What it is from now on; null or left out: back to the app's default.",
            ),
        ),
    ),
    EventType(
        name="consent.changed",
        about="A consent was given or taken back; by name the last one stands. `discoverable`: "
        "employers may find the learner.",
        body=(
            Field(name="name", rule=NAME, required=True, about="What it is about."),
            Field(name="given", rule=Flag(), required=True, about="False takes it back."),
        ),
    ),
)
"""In no order that matters."""
