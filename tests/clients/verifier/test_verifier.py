"""An independent verifier from npm: it accepts what we issue, and nothing that was changed."""

import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from pypdf import PdfReader

from services.credentials.contract import Credential, CredentialStatus, Endorse
from services.credentials.domain.multikey import base64url, base64url_decode
from services.credentials.domain.records import KeyUse
from services.credentials.repository.issuers import IssuerBook
from services.kit.ids import Kind
from services.kit.mongo import Mongo
from services.kit.records import Actor, PageArgs, Role
from services.progress.contract import SkillStanding
from tests.support.awards import QUOTES, award_of, completion_of, course_version, make_id
from tests.support.issuing import World, entries_of, new_world
from tests.support.tampering import TAMPERINGS, tampered

Verify = Callable[..., list[dict[str, Any]]]


@pytest.fixture
async def world(mongo: Mongo, mongo_uri: str) -> AsyncIterator[World]:
    """The credentials service on a fresh database."""
    async with new_world(mongo, mongo_uri) as made:
        yield made


@pytest.fixture(scope="session")
def verify(npm_client: Callable[[str], Callable[..., bytes]]) -> Verify:
    """Verify credentials, JSON or JWT, given all documents that they refer to by address."""
    run = npm_client("verifier")

    def check(*credentials: Any, documents: dict[str, Any]) -> list[dict[str, Any]]:
        job = {"credentials": credentials, "documents": documents}
        answer: list[dict[str, Any]] = msgspec.json.decode(
            run("verify.mjs", msgspec.json.encode(job))
        )
        return answer

    return check


async def test_all_that_we_sign_is_accepted(world: World, verify: Verify) -> None:
    """Guards against what nobody else can check: JSON, token and status list, plain and odd."""
    odd = {"en": QUOTES}
    award = msgspec.structs.replace(award_of("odd"), name=odd, description=odd, criteria=odd)
    plain = await world.issue()
    spiced = await world.issue(version=course_version("odd", award=award))
    documents = await documents_of(world, plain)
    (listed,) = (one for url, one in documents.items() if "/status/" in url)

    results = verify(
        *(msgspec.json.decode(one.json) for one in (plain, spiced)),
        *(plain.jwt, spiced.jwt, listed),
        documents=documents,
    )

    assert results == [{"verified": True, "revoked": False, "errors": []}] * 5


@pytest.mark.parametrize("lists", ["", "morsel-academy"], ids=["one entry", "two entries"])
async def test_what_is_revoked_or_suspended_is_seen_as_such(
    world: World, verify: Verify, lists: str
) -> None:
    """Guards against lists that only our own reader understands, and bits that stay or are lost."""
    world.service = world.another(msgspec.structs.replace(world.settings, suspension_lists=lists))
    issued = [await world.issue(name) for name in ("valid", "suspended", "reinstated", "revoked")]
    _, suspended, reinstated, revoked = issued
    change = world.service.statuses.change

    await change(suspended.id, to=CredentialStatus.SUSPENDED, by="lrn_x")
    await change(reinstated.id, to=CredentialStatus.SUSPENDED, by="lrn_x")
    await change(reinstated.id, to=CredentialStatus.VALID, by="lrn_x")
    await change(revoked.id, to=CredentialStatus.REVOKED, by="lrn_x")

    results = verify(
        *(msgspec.json.decode(one.json) for one in issued),
        documents=await documents_of(world, *issued),
    )
    assert [result["verified"] for result in results] == [True] * 4
    assert [result["revoked"] for result in results] == [False, True, False, True]


async def test_a_refreshed_credential_is_accepted_and_so_is_the_one_before(
    world: World, verify: Verify
) -> None:
    """Guards against a newer copy that others refuse, or that makes a printed one worthless."""
    issued = await world.issue("ada")
    standing = SkillStanding(
        skill_id=make_id(Kind.SKILL, "climb"), mastery=1, retention=0.875, answers=3
    )
    world.diary.known[issued.holder_id] = (standing,)

    newer = await world.service.refreshing.refresh(Actor(subject=issued.holder_id), issued.id)

    copies = (issued, newer)
    results = verify(
        *(msgspec.json.decode(one.json) for one in copies),
        *(one.jwt for one in copies),
        documents=await documents_of(world, issued),
    )
    assert results == [{"verified": True, "revoked": False, "errors": []}] * 4


async def test_every_tampered_copy_is_refused(world: World, verify: Verify) -> None:
    """Guards against a verifier that says yes to all: each copy differs in one thing."""
    issued = await world.issue()
    original = msgspec.json.decode(issued.json)
    # With one of the two proofs left, a copy is what other issuers issue: only we know better.
    names = [name for name in TAMPERINGS if name not in LEFT_WHOLE]
    copies = [tampered(original, name) for name in names]
    tokens = [change(issued.jwt) for change in TOKEN_CHANGES]

    results = verify(
        original, *copies, issued.jwt, *tokens, documents=await documents_of(world, issued)
    )

    refused = [not result["verified"] for result in results]
    assert refused == [False, *[True] * len(copies), False, *[True] * len(tokens)]


LEFT_WHOLE = {"a proof is taken away", "the proof over RDF is taken away"}


async def test_what_pictures_and_papers_carry_is_accepted(world: World, verify: Verify) -> None:
    """Guards against a form that only our own reader can take the credential out of, whole."""
    odd = {"en": QUOTES}
    award = msgspec.structs.replace(award_of("odd"), name=odd, description=odd, criteria=odd)
    issued = await world.issue(version=course_version("odd", award=award))
    made = {
        suffix: (await world.service.forms.make(issued.id, suffix)).content
        for suffix in (".png", ".svg", ".pdf", ".bundle.json")
    }

    with Image.open(io.BytesIO(made[".png"])) as picture:
        baked = str(picture.info["openbadgecredential"])
    (element,) = fromstring(made[".svg"]).iter("{https://purl.imsglobal.org/ob/v3p0}credential")
    (attached,) = PdfReader(io.BytesIO(made[".pdf"])).attachments["credential.json"]
    bundle = msgspec.json.decode(made[".bundle.json"])
    results = verify(
        *(msgspec.json.decode(one) for one in (baked, element.text or "", attached)),
        bundle["credential"],
        bundle["jwt"],
        documents={**bundle["didDocuments"], **bundle["statusLists"]},
    )

    assert results == [{"verified": True, "revoked": False, "errors": []}] * 5


async def test_a_key_that_the_issuer_dropped_is_refused(world: World, verify: Verify) -> None:
    """Guards against a stolen key that goes on signing after its issuer dropped it."""
    issued = await world.issue()
    documents = await documents_of(world, issued)
    for document in documents.values():
        document.pop("assertionMethod", None)

    results = verify(msgspec.json.decode(issued.json), issued.jwt, documents=documents)

    assert [result["verified"] for result in results] == [False, False]


def change_payload(token: str) -> str:
    head, body, signature = token.split(".")
    payload = msgspec.json.decode(base64url_decode(body)) | {"name": "Something better"}
    return f"{head}.{base64url(msgspec.json.encode(payload))}.{signature}"


def drop_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


def unsigned(token: str) -> str:
    header = base64url(b'{"alg":"none"}')
    return f"{header}.{token.split('.')[1]}."


TOKEN_CHANGES = (change_payload, drop_signature, unsigned)


async def test_endorsements_are_verified_where_they_stand_and_alone(
    world: World, verify: Verify
) -> None:
    """Guards against an embedding that safe mode refuses, or that covers what was changed."""
    board = Actor(subject="lrn_b", roles=frozenset({Role.ACCREDITOR}), organisation="board")
    await world.service.issuing.define(world.shelf.add(course_version()).id)
    word = Endorse(subject_id=award_of().id, comment=QUOTES)
    endorsement = await world.service.endorsing.endorse(board, word)
    issued = await world.issue()
    documents = await documents_of(world, issued)
    body = await world.service.credentials.did_document("board")
    alone = msgspec.json.decode(endorsement.json)
    url = alone["credentialStatus"]["statusListCredential"]
    listed = await world.service.credentials.status_list(url.rpartition("/")[2])
    documents |= {body["id"]: body, url: msgspec.json.decode(listed.signed)}
    changed = msgspec.json.decode(issued.json)
    (about,) = changed["credentialSubject"]["achievement"]["endorsement"]
    about["credentialSubject"]["endorsementComment"] = "The best there is."

    results = verify(
        msgspec.json.decode(issued.json), issued.jwt, alone, changed, documents=documents
    )

    assert [result["verified"] for result in results] == [True, True, True, False]


async def test_keys_may_be_rotated_and_dropped(world: World, verify: Verify) -> None:
    """Guards against a rotation that only our own verifier survives, and a drill that it cannot."""
    old = await world.issue("ada")
    account = await world.service.issuers.ensure("morsel-academy")
    key = await world.service.rotating.rotate("morsel-academy", KeyUse.CREDENTIAL)
    book = IssuerBook(world.database)
    await book.activate_key(account.did, key.fragment, account.created_at)
    rotated = world.another()
    completion = completion_of(world.shelf.add(course_version()), "bo")
    await rotated.issuing.award(completion)
    (new,) = (await rotated.credentials.held_by(completion.learner_id, PageArgs())).nodes

    before = verify(*forms(old, new), documents=await documents_of(world, old, new))
    await rotated.compromise.run("morsel-academy", "key-1", pause=0)
    (again,) = await rotated.credentials.credentials(Actor(subject=old.holder_id), (old.id,))
    assert again is not None
    documents = await documents_of(world, old, new, again)
    after = verify(*forms(old, new, again), documents=documents)

    proofs = msgspec.json.decode(new.json)["proof"]
    assert {proof["verificationMethod"] for proof in proofs} == {f"{account.did}#key-2"}
    assert [result["verified"] for result in before] == [True] * 4
    assert [result["verified"] for result in after] == [False, False, True, True, True, True]


def forms(*issued: Credential) -> list[Any]:
    """Return credentials as JSON and as tokens."""
    return [form for one in issued for form in (msgspec.json.decode(one.json), one.jwt)]


async def documents_of(world: World, *issued: Credential) -> dict[str, Any]:
    """Return the DID document and the status lists that credentials refer to, by address."""
    document = await world.service.credentials.did_document("morsel-academy")
    found = {document["id"]: document}
    for entry in (entry for one in issued for entry in entries_of(one)):
        url = entry["statusListCredential"]
        listed = await world.service.credentials.status_list(url.rpartition("/")[2])
        found[url] = msgspec.json.decode(listed.signed)
    return found
