"""Batch resolvers of what a viewer sees of their own: goal, streak, reviews, bookmarks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, page_args
from gateway.schema.content.places import Placed
from gateway.schema.content.resolvers import lessons_by_id
from gateway.schema.languages import Shown, chain
from services.content import contract as content
from services.progress.contract import DailyGoal, Home, Profile, Review, ReviewKey, Streak


async def goals(profiles: Sequence[Profile], context: Context) -> Sequence[DailyGoal]:
    """Return what each viewer has set out to do."""
    return [home.goal for home in await _homes(profiles, context)]


async def streaks(profiles: Sequence[Profile], context: Context) -> Sequence[Streak]:
    """Return each viewer's streak."""
    return [home.streak for home in await _homes(profiles, context)]


async def due_counts(profiles: Sequence[Profile], context: Context) -> Sequence[int]:
    """Return how many cards each viewer has to review today."""
    return [home.due_reviews for home in await _homes(profiles, context)]


async def due_reviews(
    profiles: Sequence[Profile],
    context: Context,
    *,
    due_before: date | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[Review]]:
    """Return a page of what each viewer has to review."""
    page = page_args(first, after)
    return [
        connect(
            await context.clients.homes.due_reviews(
                profile.learner_id, before=due_before, page=page
            )
        )
        for profile in profiles
    ]


async def read_review(context: Context, id_: str) -> Review | None:
    """Return one of the viewer's own reviews."""
    if context.actor is None:
        return None
    key = ReviewKey(learner_id=context.actor.subject, review_id=id_)
    return await context.loaders.reviews.load(key)


async def bookmarked_lessons(
    profiles: Sequence[Profile],
    context: Context,
    *,
    first: int | None = None,
    after: str | None = None,
) -> Sequence[ConnectionView[Placed[content.Lesson]]]:
    """Return a page of the lessons that each viewer marked."""
    page = page_args(first, after, default=50)
    pages = [
        await context.clients.homes.bookmarks(profile.learner_id, page) for profile in profiles
    ]
    ids = list(dict.fromkeys(mark.lesson_id for page in pages for mark in page.nodes))
    lessons = dict(zip(ids, await lessons_by_id(ids, context), strict=True))
    return [connect(page, lambda mark: lessons[mark.lesson_id]) for page in pages]


async def review_lessons(
    reviews: Sequence[Review], context: Context
) -> Sequence[Placed[content.Lesson] | None]:
    """Return the lesson that each review is of."""
    return await lessons_by_id([review.lesson_id for review in reviews], context)


async def review_questions(
    reviews: Sequence[Review], context: Context, *, locale: str | None = None
) -> Sequence[Shown[Any] | None]:
    """Return the question of each review, None for a flashcard."""
    lessons = await review_lessons(reviews, context)
    return [
        _shown(lesson, locale, _question(lesson, review.question_id)) if lesson else None
        for review, lesson in zip(reviews, lessons, strict=True)
    ]


async def review_cards(
    reviews: Sequence[Review], context: Context, *, locale: str | None = None
) -> Sequence[Shown[Any] | None]:
    """Return the flashcard of each review, None for a question."""
    lessons = await review_lessons(reviews, context)
    return [
        _shown(lesson, locale, _card(lesson, review.card_id)) if lesson else None
        for review, lesson in zip(reviews, lessons, strict=True)
    ]


async def _homes(profiles: Sequence[Profile], context: Context) -> Sequence[Home]:
    return await context.loaders.homes.load_many([profile.learner_id for profile in profiles])


def _shown(lesson: Placed[content.Lesson], locale: str | None, record: Any) -> Shown[Any] | None:
    return Shown(record, chain(locale, lesson.version.language)) if record else None


def _question(lesson: Placed[content.Lesson], id_: str | None) -> content.Question | None:
    blocks = (block for block in lesson.record.blocks if isinstance(block, content.QuestionBlock))
    return next((block.question for block in blocks if block.question.id == id_), None)


def _card(lesson: Placed[content.Lesson], id_: str | None) -> content.Flashcard | None:
    blocks = (block for block in lesson.record.blocks if isinstance(block, content.FlashcardBlock))
    return next((card for block in blocks for card in block.cards if card.id == id_), None)
