"""Stacks of courses, as authors save them and everybody reads them."""

from typing import Any

import msgspec
import pytest

from services.content.app import Content
from services.content.contract import CreateCourse, SavePathway
from services.content.domain.identity import achievement_id
from services.kit.errors import AlreadyExists, Forbidden, Invalid, NotFound
from services.kit.records import Actor, PageArgs
from tests.services.content.samples import package
from tests.support.whole import course_files

AWARD = {
    "name": {"en": "Adder"},
    "description": {"en": "Adds anything."},
    "criteria": {"en": "Earned both."},
}


async def course(content: Content, actor: Actor, slug: str) -> str:
    """Publish a course that awards something, and return its id."""
    imported = await content.authoring.import_course(actor, package(course_files(slug)))
    assert imported.course is not None
    return imported.course.id


def given(*ids: str, **more: Any) -> SavePathway:
    """Return a pathway over courses."""
    pathway = SavePathway(
        slug="adding", title={"en": "Adding"}, summary={"en": "All of it."}, course_ids=ids
    )
    return msgspec.structs.replace(pathway, **more)


async def news(content: Content) -> list[Any]:
    """Return what credentials has still to hear of pathways."""
    entries = await content.feed.claim("credentials", limit=100, wait=0)
    return [entry.data for entry in entries if entry.type == "pathway.saved"]


async def test_a_pathway_is_saved_read_and_told(content: Content, author: Actor) -> None:
    """Learners find it by id and slug, and credentials hears what it needs."""
    first, second = [await course(content, author, slug) for slug in ("one", "two")]
    saved = await content.pathways.save_pathway(author, given(second, first, achievement=AWARD))
    assert (saved.course_ids, saved.revision) == ((second, first), 1)
    assert saved.needs == (achievement_id(second), achievement_id(first))
    assert saved.achievement is not None
    assert saved.achievement.id not in saved.needs
    assert await content.pathways.pathways(("pth_none", saved.id)) == (None, saved)
    assert await content.pathways.pathways_by_slug(("adding", "none")) == (saved, None)
    assert await news(content) == [{"pathwayId": saved.id}]


async def test_saving_again_replaces_it_and_the_same_changes_nothing(
    content: Content, author: Actor
) -> None:
    """An author corrects a title; a retry is no new revision, and its achievement stays one."""
    first = await course(content, author, "one")
    saved = await content.pathways.save_pathway(author, given(first, achievement=AWARD))
    again = given(first, id=saved.id, achievement=AWARD)
    assert await content.pathways.save_pathway(author, again) == saved
    better = await content.pathways.save_pathway(
        author, given(first, id=saved.id, title={"en": "Sums"}, achievement=AWARD)
    )
    assert (better.revision, better.title, better.slug) == (2, {"en": "Sums"}, "adding")
    assert better.achievement == saved.achievement
    assert len(await news(content)) == 2


async def test_translations_stay_while_the_text_is_the_same(
    content: Content, author: Actor
) -> None:
    """Saving in one language, as an app does, would lose the others."""
    first = await course(content, author, "one")
    both = {"en": "Adding", "es": "Sumar"}
    saved = await content.pathways.save_pathway(author, given(first, title=both))
    again = await content.pathways.save_pathway(author, given(first, id=saved.id))
    assert again == saved


async def test_pages_go_by_slug(content: Content, author: Actor) -> None:
    """A list that is long is read in parts."""
    first = await course(content, author, "one")
    saved = [
        await content.pathways.save_pathway(author, given(first, slug=slug))
        for slug in ("b", "c", "a")
    ]
    page = await content.pathways.pathway_page(PageArgs(first=2))
    assert [each.slug for each in page.nodes] == ["a", "b"]
    assert (page.total, page.has_next) == (3, True)
    rest = await content.pathways.pathway_page(PageArgs(first=2, after=page.cursors[-1]))
    assert rest.nodes == (saved[1],)
    assert not rest.has_next


@pytest.mark.parametrize(
    "change, path",
    [
        ({"slug": "No good"}, ("slug",)),
        ({"title": {"en": " "}}, ("title",)),
        ({"summary": {"es": "Solo"}}, ("summary",)),
        ({"language": "english"}, ("locale",)),
        ({"course_ids": ()}, ("courseIds",)),
        ({"course_ids": ("crs_none",)}, ("courseIds", "0")),
        ({"course_ids": tuple("crs_none" for _ in range(31))}, ("courseIds",)),
        ({"achievement": {"name": {"en": "A"}}}, ("achievement",)),
        ({"achievement": {**AWARD, "criteria": {"es": "Todo"}}}, ("achievement", "criteria")),
        ({"achievement": {**AWARD, "passScore": 2}}, ("achievement",)),
        (
            {"achievement": {**AWARD, "image": {"hash": "1" * 64, "alt": {"en": "A"}}}},
            ("achievement", "image", "hash"),
        ),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_saved(
    content: Content, author: Actor, change: dict[str, Any], path: tuple[str, ...]
) -> None:
    """An author reads which field is wrong and what it may hold."""
    first = await course(content, author, "one")
    with pytest.raises(Invalid) as refused:
        await content.pathways.save_pathway(author, given(first, **change))
    assert refused.value.path == path
    assert (await content.pathways.pathway_page(PageArgs())).total == 0


async def test_an_achievement_that_nobody_could_earn_is_refused(
    content: Content, author: Actor
) -> None:
    """A course that awards nothing would block the pathway's credential for ever."""
    draft = CreateCourse(slug="draft", title="Draft", summary="No award.")
    nothing = (await content.authoring.create_course(author, draft)).id
    first = await course(content, author, "one")
    await content.pathways.save_pathway(author, given(first, nothing))
    with pytest.raises(Invalid, match="awards nothing") as refused:
        await content.pathways.save_pathway(
            author, given(first, nothing, slug="other", achievement=AWARD)
        )
    assert refused.value.path == ("courseIds", "1")


async def test_a_course_stands_once_and_drafts_of_others_stay_hidden(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """Naming an id would tell whether another organisation has a draft of it."""
    first = await course(content, author, "one")
    draft = CreateCourse(slug="draft", title="Draft", summary="Hidden.")
    hidden = (await content.authoring.create_course(author, draft)).id
    with pytest.raises(Invalid, match="stands in a pathway once"):
        await content.pathways.save_pathway(author, given(first, first))
    with pytest.raises(Invalid, match="no published course and none of yours"):
        await content.pathways.save_pathway(stranger, given(first, hidden))


async def test_only_authors_of_its_organisation_change_it(
    content: Content, author: Actor, stranger: Actor
) -> None:
    """A rival would rewrite what learners follow."""
    first = await course(content, author, "one")
    saved = await content.pathways.save_pathway(author, given(first))
    with pytest.raises(Forbidden):
        await content.pathways.save_pathway(stranger, given(first, id=saved.id))
    for actor, asked in ((stranger, given(first)), (author, given(first, title={"en": "B"}))):
        with pytest.raises(AlreadyExists):
            await content.pathways.save_pathway(actor, asked)
    with pytest.raises(NotFound):
        await content.pathways.save_pathway(author, given(first, id="pth_none"))
    with pytest.raises(Forbidden):
        await content.pathways.save_pathway(Actor(subject="lrn_learner"), given(first))
    assert await content.pathways.pathways((saved.id,)) == (saved,)


async def test_a_retry_after_a_lost_answer_is_one_pathway(content: Content, author: Actor) -> None:
    """Every write may be repeated, and who repeats it does not know the id yet."""
    first = await course(content, author, "one")
    saved = await content.pathways.save_pathway(author, given(first, achievement=AWARD))
    assert await content.pathways.save_pathway(author, given(first, achievement=AWARD)) == saved
    assert await news(content) == [{"pathwayId": saved.id}]


async def test_words_that_are_no_text_are_refused(content: Content, author: Actor) -> None:
    """A badge is written as XML too, which has no way to write a control character."""
    first = await course(content, author, "one")
    for title in ("A\x1bB", "A\ud800"):
        with pytest.raises(Invalid, match="no control characters") as caught:
            await content.pathways.save_pathway(author, given(first, title={"en": title}))
        assert caught.value.path == ("title",)
