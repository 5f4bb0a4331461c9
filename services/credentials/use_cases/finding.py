"""Finding people: the index of who agreed, searches of employers, and who was found by whom.

An index document is made from the consent and the cards that progress keeps and from the
credentials; consent and validity are looked at again as somebody is shown.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.credentials.contract import (
    MIN_GROUP,
    Credential,
    CredentialStatus,
    Talent,
    TalentQuery,
    TalentView,
)
from services.credentials.domain import sealing
from services.credentials.domain.records import Definition, Issued
from services.credentials.domain.talent import Findings, Search, found_by, read_query
from services.credentials.use_cases.acting import organisation_of
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.reading import MAX_PAGE, Reading
from services.kit.clock import from_millis, to_millis
from services.kit.errors import Invalid, LimitReached
from services.kit.records import Actor, Page, PageArgs, Record, Role
from services.progress.contract import AdviceApi, LearnerApi, Profile

MAX_SEARCHES = 200
"""Searches of an organisation in an hour, pages counted, at most."""
MOST_HELD = 100
"""Credentials of one person that are looked at: the latest."""
WHERE = "talent cursor"
"""What cursors are sealed for: they hold learner ids, which are nobody's business."""


class View(Record):
    """That an organisation found a learner on a day, by a set of skills."""

    id: str
    learner_id: str
    at: datetime
    employer: str
    """Slug of the organisation."""
    skill_ids: tuple[str, ...]


class TalentStore(Protocol):
    """Where it is kept who is found, who found whom, and how often is searched."""

    async def put(self, findings: Findings) -> None:
        """Keep what somebody is found by, in place of what was kept before."""

    async def remove(self, learner_id: str) -> None:
        """Keep nothing of somebody."""

    async def count(self, search: Search) -> int:
        """Return how many are found; no more than MOST_COUNTED are counted."""

    async def find(self, search: Search, *, after: str | None, limit: int) -> list[Findings]:
        """Return who is found, by learner id, after one."""

    async def searches(self, organisation: str, *, now: datetime) -> int:
        """Count one more search of an organisation, and return how many there were this hour."""

    async def note(self, views: tuple[View, ...]) -> None:
        """Keep who found whom; a repeat on the same day moves its time alone."""

    async def views(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[View], int]:
        """Return who found a learner, the latest first, and how many did."""


class HeldStore(Protocol):
    """Where credentials and what they award are kept."""

    async def page_of(
        self, learner_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Issued], int]:
        """Return a learner's credentials, newest first, and how many there are."""

    async def definitions(self, version_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the awards of course versions, by the version's id."""


class Finding:
    """TalentApi, and the upkeep of its index."""

    def __init__(  # noqa: PLR0913 - where it looks, whom it asks, and what cursors are sealed with
        self,
        talents: TalentStore,
        store: HeldStore,
        *,
        reading: Reading,
        issuers: Issuers,
        advice: AdviceApi,
        learners: LearnerApi,
        means: Means,
        sealing_key: bytes,
    ) -> None:
        """Keep the parts."""
        self._talents = talents
        self._store = store
        self._reading = reading
        self._issuers = issuers
        self._advice = advice
        self._learners = learners
        self._means = means
        self._key = hashlib.sha256(b"morsel talent\0" + sealing_key).digest()

    async def index(self, learner_id: str) -> None:
        """Bring what somebody is found by up to date; a repeat changes nothing."""
        (findable,) = await self._advice.findable((learner_id,))
        findings = None
        if findable is not None:
            held, _ = await self._store.page_of(learner_id, before=None, limit=MOST_HELD)
            definitions = await self._store.definitions([one.version_id for one in held])
            findings = found_by(findable, held, definitions, self._means.clock())
        if findings is not None:
            await self._talents.put(findings)
        if findings is None or not await self._agrees(learner_id):  # taken back, erased meanwhile
            await self._talents.remove(learner_id)

    async def talent(self, actor: Actor, query: TalentQuery) -> Page[Talent]:
        """Return people by skills that credentials prove; nobody where fewer than MIN_GROUP."""
        organisation = _organisation(actor)
        search = read_query(query, now=self._means.clock())
        after = None if query.page.after is None else self._unsealed(query.page.after)
        size = max(1, min(query.page.first, MAX_PAGE))
        if await self._talents.searches(organisation, now=search.now) > MAX_SEARCHES:
            raise LimitReached(
                f"An organisation may search {MAX_SEARCHES} times an hour: go on in the next one."
            )
        total = await self._talents.count(search)
        if total < MIN_GROUP or not await self._is_group(search):
            return Page()
        found = await self._talents.find(search, after=after, limit=size + 1)
        shown = await self._shown(found[:size], search)
        await self._note(organisation, [one for one, _ in shown], search)
        return Page(
            nodes=tuple(talent for _, talent in shown),
            cursors=tuple(self._sealed(one.learner_id) for one, _ in shown),
            has_next=len(found) > size,
            has_previous=after is not None,
            total=total,
        )

    async def talent_views(self, learner_id: str, page: PageArgs) -> Page[TalentView]:
        """Return who found a learner in the last year, the latest first."""
        size = max(1, min(page.first, MAX_PAGE))
        before = None if page.after is None else _read_place(page.after)
        found, total = await self._talents.views(learner_id, before=before, limit=size + 1)
        shown = found[:size]
        names = await self._issuers.profiles({view.employer for view in shown})
        return Page(
            nodes=tuple(
                TalentView(at=one.at, employer=names[one.employer].name, skill_ids=one.skill_ids)
                for one in shown
            ),
            cursors=tuple(_place(view) for view in shown),
            has_next=len(found) > size,
            has_previous=before is not None,
            total=total,
        )

    async def _agrees(self, learner_id: str) -> bool:
        (profile,) = await self._learners.profiles((learner_id,))
        return profile is not None and profile.discoverable

    async def _is_group(self, search: Search) -> bool:
        """Return whether the first who are found are enough that still agree and still hold."""
        first = await self._talents.find(search, after=None, limit=4 * MIN_GROUP)
        return len(await self._shown(first, search)) >= MIN_GROUP

    async def _shown(
        self, found: Sequence[Findings], search: Search
    ) -> list[tuple[Findings, Talent]]:
        """Return who of these agrees now and holds valid credentials now, as employers see them."""
        profiles = await self._learners.profiles(tuple(one.learner_id for one in found))
        ids = tuple({id_ for one in found for id_ in _proofs(one, search)})
        valid = {
            one.id: one
            for one in await self._reading.of_talent(ids)
            if one.status is CredentialStatus.VALID
        }
        shown = [
            (one, _talent(one, profile, valid, search))
            for one, profile in zip(found, profiles, strict=True)
            if profile is not None and profile.discoverable
        ]
        return [(one, talent) for one, talent in shown if talent is not None]

    async def _note(self, organisation: str, found: Sequence[Findings], search: Search) -> None:
        """Let everybody who is shown read of it."""
        skills = tuple(sorted(search.skill_ids))
        asked = hashlib.sha256(" ".join(skills).encode()).hexdigest()[:16]
        await self._talents.note(
            tuple(
                View(
                    id=f"{one.learner_id}/{organisation}/{search.now.date()}/{asked}",
                    learner_id=one.learner_id,
                    at=search.now,
                    employer=organisation,
                    skill_ids=skills,
                )
                for one in found
            )
        )

    def _sealed(self, learner_id: str) -> str:
        nonce = self._means.random(sealing.NONCE_BYTES)
        sealed = sealing.seal(learner_id.encode(), key=self._key, nonce=nonce, owner=WHERE)
        return urlsafe_b64encode(sealed).decode()

    def _unsealed(self, cursor: str) -> str:
        try:
            sealed = urlsafe_b64decode(cursor)
            return sealing.unseal(sealed, key=self._key, owner=WHERE).decode()
        except (Base64Error, ValueError, Invalid) as error:
            raise Invalid("This cursor is not one that was given out.", path=("after",)) from error


def _organisation(actor: Actor) -> str:
    return organisation_of(actor, Role.EMPLOYER, refusal="Only employers may look for people")


def _proofs(one: Findings, search: Search) -> tuple[str, ...]:
    """Return the credentials that prove what is asked for."""
    asked = [skill for skill in one.skills if skill.id in search.skill_ids]
    return tuple(dict.fromkeys(id_ for skill in asked for id_ in skill.credentials))


def _talent(
    one: Findings, profile: Profile, valid: dict[str, Credential], search: Search
) -> Talent | None:
    """Return somebody as employers see them; None where a skill is proven no more."""
    by_id = {skill.id: skill for skill in one.skills}
    asked = [by_id[id_] for id_ in search.skill_ids]
    if not all(any(id_ in valid for id_ in skill.credentials) for skill in asked):
        return None
    return Talent(
        holder_name=one.name,
        skills=tuple(skill.standing(search.today) for skill in asked),
        credentials=tuple(valid[id_] for id_ in _proofs(one, search) if id_ in valid),
        contact_url=profile.contact_url,
    )


def _place(view: View) -> str:
    return urlsafe_b64encode(f"{to_millis(view.at)} {view.id}".encode()).decode()


def _read_place(text: str) -> tuple[datetime, str]:
    try:
        millis, _, view_id = urlsafe_b64decode(text).decode().partition(" ")
        return from_millis(int(millis)), view_id
    except (Base64Error, ValueError, OverflowError, OSError) as error:
        raise Invalid("This cursor is not one that was given out.", path=("after",)) from error
