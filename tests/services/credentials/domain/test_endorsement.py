"""Endorsements and pictures inside a credential: a full-blown micro-credential."""

from msgspec.structs import replace

from services.content.contract import Image
from services.credentials.domain import did, proofs
from services.credentials.domain.achievement import achievement_url
from services.credentials.domain.credential import Award, Endorsements, make_credential
from services.credentials.domain.endorsement import Statement, make_endorsement
from services.credentials.domain.issuer import make_issuer
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.records import StatusPlace
from services.credentials.domain.signing import SeedSigner
from services.kit.records import Json
from tests.services.credentials.domain.conftest import DID, ORIGIN
from tests.support.awards import COMPLETED_AT, QUOTES
from tests.support.obschema import problems

BOARD = did.issuer_did(ORIGIN, "board")
NOW = "2026-11-20T09:30:15Z"
BADGE = Image(
    id="img_x", alt={"en": "A ladder"}, width=900, height=900, hash="ab" * 32, widths=(360, 720)
)


def endorsed(award: Award, canonicalise: Canonicalise) -> Award:
    """Return an award with a picture, endorsed by a board, as is its issuer."""
    signer = SeedSigner(b"b" * 32, method_id=f"{BOARD}#key-1")

    def statement(name: str, subject: str) -> dict[str, Json]:
        unsigned = make_endorsement(
            Statement(
                url=f"{ORIGIN}/issuers/board/endorsements/{name}",
                body=make_issuer(BOARD, name="Board of Ladders", url=ORIGIN),
                origin=ORIGIN,
                subject=subject,
                comment=QUOTES,
                valid_from=COMPLETED_AT,
                place=StatusPlace(list_id="b", list_url=f"{ORIGIN}/status/b", index=7),
            )
        )
        return proofs.secure(unsigned, signer=signer, created=NOW, canonicalise=canonicalise)

    definition = replace(award.definition, award=replace(award.definition.award, image=BADGE))
    about = achievement_url(definition, origin=ORIGIN)
    return replace(
        award,
        definition=definition,
        issuer=replace(award.issuer, image=BADGE),
        endorsements=Endorsements(
            of_achievement=(statement("one", about),), of_issuer=(statement("two", DID),)
        ),
    )


def test_a_full_blown_award_keeps_to_the_official_schema(
    award: Award, signer: SeedSigner, canonicalise: Canonicalise
) -> None:
    """Guards against pictures and endorsements in a form that only our own verifier takes."""
    unsigned = make_credential(endorsed(award, canonicalise))

    credential = proofs.secure(unsigned, signer=signer, created=NOW, canonicalise=canonicalise)

    assert problems(credential) == []
    achievement = credential["credentialSubject"]["achievement"]
    assert achievement["image"] == {
        "id": f"{ORIGIN}/media/{'ab' * 32}/720.png",
        "type": "Image",
        "caption": "A ladder",
    }
    (about,) = achievement["endorsement"]
    assert about["credentialSubject"]["id"] == achievement["id"]
    assert credential["issuer"]["endorsement"][0]["credentialSubject"]["id"] == DID
