"""EndorsingApi: what accrediting bodies say of achievements and issuers, signed by each of them."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from services.credentials.contract import Endorse, Endorsement, Issuer
from services.credentials.domain import proofs
from services.credentials.domain.achievement import achievement_url
from services.credentials.domain.endorsement import (
    Brought,
    Statement,
    endorsement_id,
    make_endorsement,
    read_endorsement,
)
from services.credentials.domain.instants import whole_seconds
from services.credentials.domain.records import Definition, Endorsed
from services.credentials.domain.shape import Presented, read_json
from services.credentials.domain.signing import Signer
from services.credentials.domain.text import checked
from services.credentials.use_cases.embedding import MAX_EACH, Examiner, shown
from services.credentials.use_cases.issuers import Issuers
from services.credentials.use_cases.means import Means
from services.credentials.use_cases.statuslists import StatusLists
from services.kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from services.kit.ids import Kind, kind_of
from services.kit.records import Actor, Json, Record, Role

MAX_COMMENT = 2_000
_NO_CHANCE = "Others endorse this at the same time: try again."


class EndorsementStore(Protocol):
    """Where endorsements are kept."""

    async def endorsement(self, endorsement_id: str) -> Endorsed | None:
        """Return an endorsement by id."""

    async def endorsements_of(self, subject_ids: Collection[str]) -> list[Endorsed]:
        """Return what was said of achievements and issuers and not taken back, newest first."""

    async def add_endorsement(self, endorsed: Endorsed) -> bool:
        """Add the first of its subject and body; False when there is one."""

    async def replace_endorsement(self, endorsed: Endorsed) -> bool:
        """Put one in the place of the revision before it; False when somebody else did first."""


class DefinitionStore(Protocol):
    """Where achievements are kept."""

    async def newest_definitions(self, achievement_ids: Sequence[str]) -> dict[str, Definition]:
        """Return the award of the newest course version of each achievement, by achievement id."""


class Subject(Record):
    """What is endorsed, and whose it is."""

    id: str
    address: str
    organisation: str


class Endorsing:
    """Takes endorsements in, signs those for which a key is kept, and takes them back."""

    def __init__(
        self,
        store: EndorsementStore,
        definitions: DefinitionStore,
        *,
        issuers: Issuers,
        lists: StatusLists,
        examiner: Examiner,
        means: Means,
    ) -> None:
        """Keep where endorsements are kept, and what they are signed and checked with."""
        self._store = store
        self._definitions = definitions
        self._issuers = issuers
        self._lists = lists
        self._examiner = examiner
        self._means = means

    async def endorse(self, actor: Actor, endorse: Endorse) -> Endorsement:
        """Keep an endorsement; repeating it changes nothing."""
        organisation = _body_of(actor)
        if (endorse.comment is None) == (endorse.credential is None):
            raise Invalid("Give either a comment or a credential that the body has signed.")
        subject = await self._subject(endorse.subject_id)
        if subject.organisation == organisation:
            raise Conflict("An organisation cannot endorse itself, nor what it awards.")
        if endorse.comment is not None:
            return shown(await self._sign(organisation, subject, _comment(endorse.comment)))
        return shown(await self._take(organisation, subject, endorse.credential))

    async def withdraw(self, actor: Actor, endorsement_id: str) -> Endorsement:
        """Take an endorsement back; a repeat changes nothing."""
        organisation = _body_of(actor)
        found = await self._store.endorsement(endorsement_id)
        if found is None or found.organisation != organisation:
            raise NotFound("Your organisation has no such endorsement.", path=("endorsementId",))
        if found.withdrawn_at is None:
            gone = replace(found, withdrawn_at=self._means.clock(), revision=found.revision + 1)
            if not await self._store.replace_endorsement(gone):
                raise Conflict(_NO_CHANCE, path=("endorsementId",))
            found = gone
        if found.place is not None:
            await self._lists.flag([(found.place, True)])
        return shown(found)

    async def resign(self, endorsed: Endorsed) -> None:
        """Sign an endorsement of ours anew: the key that it was signed with counts no longer."""
        subject = Subject(id=endorsed.subject_id, address=endorsed.subject, organisation="")
        statement = endorsed.comment or ""
        await self._keep(await self._signed(endorsed.organisation, subject, statement), endorsed)
        if endorsed.place is not None:
            await self._lists.flag([(endorsed.place, True)])

    async def _subject(self, subject_id: str) -> Subject:
        """Return what is endorsed; NotFound."""
        if kind_of(subject_id) is Kind.ISSUER:
            found = (await self._issuers.accounts((subject_id,))).get(subject_id)
            if found is None:
                raise NotFound("There is no such issuer.", path=("issuerId",))
            return Subject(id=subject_id, address=found.did, organisation=found.organisation)
        definition = (await self._definitions.newest_definitions((subject_id,))).get(subject_id)
        if definition is None:
            raise NotFound("There is no such achievement.", path=("achievementId",))
        return Subject(
            id=subject_id,
            address=achievement_url(definition, origin=self._issuers.origin),
            organisation=definition.organisation,
        )

    async def _sign(self, organisation: str, subject: Subject, comment: str) -> Endorsed:
        """Return the endorsement by a body whose key is kept here."""
        account = await self._issuers.ensure(organisation)
        before = await self._store.endorsement(endorsement_id(subject.address, account.did))
        if before is not None and before.withdrawn_at is None and before.comment == comment:
            return before
        await self._check_room(subject, before)
        return await self._keep(await self._signed(organisation, subject, comment), before)

    async def _signed(self, organisation: str, subject: Subject, comment: str) -> Endorsed:
        account = await self._issuers.ensure(organisation)
        id_ = endorsement_id(subject.address, account.did)
        statement = Statement(
            url=f"{self._issuers.origin}/issuers/{organisation}/endorsements/{id_}",
            body=await self._issuers.profile(organisation),
            origin=self._issuers.origin,
            subject=subject.address,
            comment=comment,
            valid_from=whole_seconds(self._means.clock()),
            place=await self._lists.take_place(account),
        )
        signer = self._issuers.signer(account)
        signed = await asyncio.to_thread(self._secure, make_endorsement(statement), signer)
        return Endorsed(
            id=id_,
            subject_id=subject.id,
            subject=subject.address,
            body=statement.body,
            organisation=organisation,
            comment=comment,
            endorsed_at=statement.valid_from,
            keys=(signer.method_id,),
            place=statement.place,
            json=signed,
        )

    async def _take(self, organisation: str, subject: Subject, credential: Json) -> Endorsed:
        """Return the endorsement that a body brings with its own signature; Invalid."""
        try:
            presented = read_json(credential)
            brought = read_endorsement(presented, subject=subject.address)
            objection = await self._examiner.objection(presented)
        except Invalid as error:
            raise Invalid(error.message, path=("credential",)) from error
        if objection is not None:
            raise Invalid(objection, path=("credential",))
        await self._check_body(brought.body, subject)
        made = _brought(organisation, subject, brought, presented)
        before = await self._store.endorsement(made.id)
        if before is not None and before.withdrawn_at is None:
            if before.json == made.json:
                return before
            if before.endorsed_at > made.endorsed_at:
                raise Conflict("A newer endorsement by this body is kept.", path=("credential",))
        await self._check_room(subject, before)
        return await self._keep(made, before)

    async def _check_body(self, body: Issuer, subject: Subject) -> None:
        account = await self._issuers.known(body.did)
        if account is not None and account.organisation == subject.organisation:
            raise Conflict("An organisation cannot endorse itself, nor what it awards.")

    async def _check_room(self, subject: Subject, before: Endorsed | None) -> None:
        others = [
            one
            for one in await self._store.endorsements_of((subject.id,))
            if one.subject == subject.address and (before is None or one.id != before.id)
        ]
        if len(others) >= MAX_EACH:
            raise LimitReached(f"At most {MAX_EACH} bodies endorse one thing.")

    async def _keep(self, made: Endorsed, before: Endorsed | None) -> Endorsed:
        if before is None:
            kept = await self._store.add_endorsement(made)
        else:
            made = replace(made, revision=before.revision + 1)
            kept = await self._store.replace_endorsement(made)
        if not kept:
            raise Conflict(_NO_CHANCE)
        return made

    def _secure(self, document: dict[str, Json], signer: Signer) -> bytes:
        secured = proofs.secure(
            document,
            signer=signer,
            created=document["validFrom"],
            canonicalise=self._means.canonicalise,
        )
        return msgspec.json.encode(secured)


def _brought(
    organisation: str, subject: Subject, brought: Brought, presented: Presented
) -> Endorsed:
    return Endorsed(
        id=endorsement_id(subject.address, brought.body.did),
        subject_id=subject.id,
        subject=subject.address,
        body=brought.body,
        organisation=organisation,
        comment=brought.comment,
        endorsed_at=brought.valid_from,
        valid_until=brought.valid_until,
        keys=tuple(sorted({str(method) for method in presented.methods})),
        json=msgspec.json.encode(presented.credential),
    )


def _body_of(actor: Actor) -> str:
    """Return the organisation that an actor speaks for; Forbidden."""
    if Role.ACCREDITOR not in actor.roles or actor.organisation is None:
        raise Forbidden("Endorsements are for the role ACCREDITOR of an organisation.")
    return actor.organisation


def _comment(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= MAX_COMMENT:
        raise Invalid(f"A comment has 1 to {MAX_COMMENT} characters.", path=("comment",))
    try:
        return checked(words)
    except Invalid as error:
        raise Invalid(error.message, path=("comment",)) from error
