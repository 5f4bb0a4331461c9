"""One's own settings: what is allowed, what a repeat does, and what wins over what."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.kit.errors import Conflict, Invalid
from services.kit.records import Actor, Untrusted
from services.progress.app import Progress
from services.progress.contract import (
    ChangeKind,
    GuestProfile,
    Known,
    Profile,
    ProfileUpdate,
    Push,
    SyncResult,
)
from tests.services.progress.conftest import Hands
from tests.support.library import small_course
from tests.support.phone import START, Phone

ALL: dict[str, Any] = {
    "display_name": "Ada",
    "locale": "pt-BR",
    "time_zone": "America/Sao_Paulo",
    "daily_goal_minutes": 25,
    "discoverable": True,
    "contact_url": "https://ada.example/me",
}
WRONG: dict[str, list[Any]] = {
    "display_name": ["x" * 101, "a\nb", "\u202ename"],
    "locale": ["", "e", "english-language-tag-that-is-too-long", "en_US", "en-"],
    "time_zone": ["", "Mars/Olympus", "../etc/passwd", "europe/rome "],
    "daily_goal_minutes": [0, -1, 1441],
    "contact_url": [
        "http://ada.example",
        "javascript:alert(1)",
        "https://",
        "https://a b.example",
        "https://u:p@ada.example",
        "https://[",
        "mailto:",
        "https://" + "a" * 500,
    ],
}


async def update(progress: Progress, actor: Actor, **more: Any) -> Profile:
    return await progress.tracking.update_profile(actor, ProfileUpdate(**more))


async def pull(progress: Progress, actor: Actor, **more: Any) -> SyncResult:
    phone = Phone(small_course())
    push = Push(device_id=phone.device, device_time=phone.now, **more)
    return await progress.tracking.sync(actor, push)


async def test_what_is_set_is_shown_synced_and_told(progress: Progress, actor: Actor) -> None:
    """Another phone of the learner would go on with the old settings."""
    before = await pull(progress, actor)
    (head,) = await progress.learners.heads((Known(learner_id=actor.subject),), wait=0)

    shown = await update(progress, actor, **ALL)

    assert shown == Profile(
        learner_id=actor.subject,
        email=actor.email,
        **{name: value for name, value in ALL.items() if name != "daily_goal_minutes"},
    )
    (home,) = await progress.homes.homes((actor.subject,))
    assert home.profile == shown
    assert home.goal.minutes == 25
    known = (Known(learner_id=actor.subject, n=head.n),)
    ((after),) = await progress.learners.heads(known, wait=0)
    assert [set(notice.kinds) for notice in after.notices] == [
        {ChangeKind.PROFILE, ChangeKind.STREAK, ChangeKind.GOAL}
    ]
    changes = {one.kind: one for one in (await pull(progress, actor, since=before.cursor)).changes}
    profile, goal = changes[ChangeKind.PROFILE].record, changes[ChangeKind.GOAL].record
    assert (profile or {})["contactUrl"] == ALL["contact_url"]
    assert (goal or {})["minutes"] == 25


async def test_a_repeat_changes_nothing(progress: Progress, actor: Actor) -> None:
    """An app that sends again after a lost answer would wake all phones of the learner."""
    first = await update(progress, actor, **ALL)
    heads = await progress.learners.heads((Known(learner_id=actor.subject),), wait=0)

    assert await update(progress, actor, **ALL) == first
    assert await update(progress, actor) == first
    assert await progress.learners.heads((Known(learner_id=actor.subject),), wait=0) == heads


@pytest.mark.parametrize(
    "field, value", [(field, value) for field, values in WRONG.items() for value in values]
)
async def test_what_is_not_allowed_is_told_and_nothing_of_it_is_done(
    progress: Progress, actor: Actor, field: str, value: Any
) -> None:
    """Half of a form would be saved, or an employer be sent to a script."""
    given = {**ALL, field: value}
    path = "".join(part.title() if at else part for at, part in enumerate(field.split("_")))

    with pytest.raises(Invalid, match=rf"^{path} must be ") as told:
        await update(progress, actor, **given)

    assert (told.value.path, told.value.others) == ((path,), ())
    (home,) = await progress.homes.homes((actor.subject,))
    assert home.profile is None


async def test_every_field_at_fault_is_told_at_once(progress: Progress, actor: Actor) -> None:
    """A person would mend a form one error at a time."""
    with pytest.raises(Invalid) as told:
        await update(progress, actor, **{field: values[0] for field, values in WRONG.items()})

    paths = [told.value.path, *(path for _, path in told.value.others)]
    assert paths == [
        ("displayName",),
        ("locale",),
        ("timeZone",),
        ("dailyGoalMinutes",),
        ("contactUrl",),
    ]


async def test_a_chosen_name_stays_though_the_account_has_another(
    progress: Progress, actor: Actor
) -> None:
    """The next sync would put the account's name in its place."""
    await update(progress, actor, display_name="  Ada ")
    renamed = replace(actor, name="Ada King", email="king@example.org")
    await pull(progress, renamed)

    (home,) = await progress.homes.homes((actor.subject,))
    assert home.profile is not None
    assert (home.profile.display_name, home.profile.email) == ("Ada", "king@example.org")
    assert (await update(progress, renamed, display_name="")).display_name == "Ada King"


async def test_contact_is_taken_away_by_an_empty_text(progress: Progress, actor: Actor) -> None:
    """Nobody could take back how they are reached."""
    await update(progress, actor, contact_url="mailto:ada@example.org")
    assert (await update(progress, actor, contact_url="")).contact_url is None
    assert (await update(progress, actor, contact_url="")).contact_url is None


async def test_the_later_of_two_consents_stands(
    progress: Progress, actor: Actor, hands: Hands
) -> None:
    """A consent taken back on the train would be given again by an older event."""
    phone = Phone(small_course())
    old = phone.own("consent.changed", name="discoverable", given=False)
    phone.now = START + timedelta(hours=2)
    new = phone.own("consent.changed", name="discoverable", given=False)
    assert (await update(progress, actor, discoverable=True)).discoverable
    await pull(progress, actor, events=Untrusted([old]))
    assert (await update(progress, actor)).discoverable
    hands.now += timedelta(hours=2)
    await pull(progress, actor, events=Untrusted([new]))
    assert not (await update(progress, actor)).discoverable


async def test_days_of_the_week_stay_when_the_minutes_change(
    progress: Progress, actor: Actor
) -> None:
    """A shift worker who wants more minutes would lose the streak on days off."""
    phone = Phone(small_course())
    goal = phone.own("goal.set", minutes=20, daysPerWeek=4)
    await pull(progress, actor, events=Untrusted([goal]))

    await update(progress, actor, daily_goal_minutes=30)

    (home,) = await progress.homes.homes((actor.subject,))
    assert (home.goal.minutes, home.goal.days_per_week) == (30, 4)


async def test_a_guest_keeps_what_they_set_when_they_sign_in(
    progress: Progress, actor: Actor, guest: Actor
) -> None:
    """Whoever signs up would set their language, zone and goal again."""
    await progress.tracking.start_guest(guest, GuestProfile(device_id=Phone(small_course()).device))
    await update(progress, guest, **ALL)

    claimed = await progress.tracking.claim_guest(actor, guest.subject)

    assert claimed == Profile(
        learner_id=actor.subject,
        email=actor.email,
        **{name: value for name, value in ALL.items() if name != "daily_goal_minutes"},
    )
    (home,) = await progress.homes.homes((actor.subject,))
    assert home.goal.minutes == 25
    with pytest.raises(Conflict, match="sign in with that account, and change it there"):
        await update(progress, guest, locale="de")


async def test_a_guest_starts_in_a_zone_that_there_is(progress: Progress, guest: Actor) -> None:
    """Their days would be counted in UTC, and nobody would know why."""
    start = GuestProfile(device_id=Phone(small_course()).device, time_zone="Europe/Atlantis")
    with pytest.raises(Invalid, match="timeZone must be the IANA name") as told:
        await progress.tracking.start_guest(guest, start)
    assert told.value.path == ("timeZone",)
