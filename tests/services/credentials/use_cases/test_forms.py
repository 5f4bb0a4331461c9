"""Forms: whatever file a holder hands on, the signed credential is in it, whole."""

import io
from base64 import b64decode, b64encode
from typing import Any

import msgspec
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from pypdf import PdfReader

from services.content.contract import CourseVersion, PictureName
from services.content.contract import Image as ImageRecord
from services.credentials.contract import Credential, ShareCredential, VerifyInput
from services.credentials.domain.baking import unbake
from services.credentials.domain.bundle import Bundle, read_bundle
from services.credentials.domain.shape import read_json, read_token
from services.kit.errors import NotFound
from services.kit.records import Actor
from tests.support.awards import QUOTES, award_of, course_version
from tests.support.issuing import World

FORMS = {
    ".json": "application/vc+ld+json",
    ".jwt": "text/plain",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".bundle.json": "application/json",
}
ODD = f"{QUOTES} 한국어 \u202eسلامة السلّم שלום <script>alert(1)</script> #import $x$ ﷽"  # noqa: RUF001 - Arabic is what it is about


def odd() -> CourseVersion:
    """Return a version whose texts go wrong wherever they are pasted, 10 KB of them."""
    texts = {"en": ODD}
    award = msgspec.structs.replace(
        award_of(), name=texts, description=texts, criteria={"en": f"- {ODD}\n\n" * 60}
    )
    version = course_version("odd", award=award)
    skills = tuple(
        msgspec.structs.replace(version.skills[0], name=f"{number}Donaudampfschifffahrt" * 12)
        for number in range(20)
    )
    return msgspec.structs.replace(version, skills=skills)


@pytest.fixture
async def plain(world: World) -> Credential:
    """A usual credential."""
    return await world.issue()


@pytest.mark.parametrize("version", [course_version(), odd()], ids=["plain", "odd"])
async def test_every_form_holds_the_signed_credential(world: World, version: CourseVersion) -> None:
    """Guards against a file without its proof, or with another text than was signed."""
    issued = await world.issue(version=version)

    made = {suffix: await world.service.forms.make(issued.id, suffix) for suffix in FORMS}

    assert {suffix: form.media_type for suffix, form in made.items()} == FORMS
    assert made[".json"].content == issued.json
    assert made[".jwt"].content == issued.jwt.encode()
    assert unbake(made[".png"].content).encode() == issued.json
    assert unbake(made[".svg"].content).encode() == issued.json
    (attached,) = PdfReader(io.BytesIO(made[".pdf"].content)).attachments["credential.json"]
    assert attached == issued.json
    assert issued.json in made[".bundle.json"].content
    assert issued.jwt.encode() in made[".bundle.json"].content


async def test_pictures_are_what_their_names_say(world: World) -> None:
    """Guards against a badge that is cut off, empty, or that runs what somebody wrote in a name."""
    issued = await world.issue(version=odd())
    png = (await world.service.forms.make(issued.id, ".png")).content
    svg = (await world.service.forms.make(issued.id, ".svg")).content

    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.size, picture.mode) == ((600, 600), "RGBA")
        assert picture.getpixel((2, 2)) == (0, 0, 0, 0)
        colours = picture.getcolors(600 * 600)
    assert colours is not None
    assert len(colours) > 100
    names = {element.tag.rpartition("}")[2] for element in fromstring(svg).iter()}
    assert names <= {"svg", "credential", "title", "g", "path", "use", "defs", "symbol", *GRADIENTS}


GRADIENTS = {"linearGradient", "stop", "clipPath"}


async def test_a_certificate_is_made_for_archives_and_for_readers(
    world: World, plain: Credential
) -> None:
    """Guards against a PDF that says nothing to screen readers, or holds no text at all."""
    pdf = (await world.service.forms.make(plain.id, ".pdf")).content

    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title == "Safe Ladder Use \u2013 Zoë Example"
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert b"<pdfaid:part>3</pdfaid:part>" in root["/Metadata"].get_data()
    for said in ("Zoë Example", "Safe Ladder Use", "check ladders", "window cleaner", "85.5 %"):
        assert said in text, said
    assert "http://localhost:8000/verify" in text


async def test_a_shared_credential_is_checked_at_its_own_page(
    world: World, plain: Credential
) -> None:
    """Guards against a printed address that leads nowhere once the holder has a page."""
    wish = ShareCredential(credential_id=plain.id)
    shared = await world.service.sharing.share(Actor(subject=plain.holder_id), wish)

    pdf = (await world.service.forms.make(plain.id, ".pdf")).content

    assert shared.share_url is not None
    assert shared.share_url in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


async def test_equal_credentials_are_equal_files(world: World, plain: Credential) -> None:
    """Guards against an ETag that changes though nothing did: another process, the same bytes."""
    for suffix in (".png", ".svg", ".pdf"):
        first = await world.service.forms.make(plain.id, suffix)
        assert await world.another().forms.make(plain.id, suffix) == first, suffix


async def test_a_bundle_has_all_that_a_verifier_would_look_up(
    world: World, plain: Credential
) -> None:
    """Guards against a bundle that needs the network after all."""
    made = await world.service.forms.make(plain.id, ".bundle.json")

    bundle = read_bundle(msgspec.json.decode(made.content))

    assert isinstance(bundle, Bundle)
    presented, token = read_json(bundle.credential), read_token(bundle.jwt)
    assert presented.document == token.document
    assert {method.partition("#")[0] for method in presented.methods} == set(bundle.did_documents)
    status = presented.document["credentialStatus"]
    assert set(bundle.status_lists) == {status["statusListCredential"]}


@pytest.mark.parametrize("name", ["{id}.exe", "{id}", "{id}.png.exe", "cre_AAAA.png"])
async def test_there_is_no_other_form(world: World, plain: Credential, name: str) -> None:
    """Guards against an error of the server for a name that somebody made up."""
    credential_id, dot, suffix = name.format(id=plain.id).partition(".")

    with pytest.raises(NotFound):
        await world.service.forms.make(credential_id, dot + suffix)


def photograph() -> bytes:
    """Return a picture that an author took."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize((72, 36)).save(written, "PNG")
    return written.getvalue()


async def test_the_picture_of_an_award_is_its_badge(world: World) -> None:
    """Guards against an author's badge that holders get in another shape, or not at all."""
    image = ImageRecord(
        id="img_x",
        alt={"en": "A ladder"},
        width=1440,
        height=720,
        hash="0f" * 32,
        widths=(360, 1440),
    )
    world.shelf.drawn[PictureName(hash=image.hash, width=360)] = photograph()
    award = msgspec.structs.replace(award_of(), image=image)
    issued = await world.issue(version=course_version(award=award))
    made = {suffix: (await world.service.forms.make(issued.id, suffix)).content for suffix in FORMS}

    with Image.open(io.BytesIO(made[".png"])) as baked, Image.open(io.BytesIO(photograph())) as own:
        assert baked.tobytes() == own.tobytes()
    assert unbake(made[".png"]).encode() == issued.json
    root = fromstring(made[".svg"])
    assert unbake(made[".svg"]).encode() == issued.json
    assert root.get("viewBox") == "0 0 72 36"
    (picture,) = root.findall("{http://www.w3.org/2000/svg}image")
    shown = picture.get("href", "").removeprefix("data:image/png;base64,")
    assert b64decode(shown) == photograph()
    assert len(PdfReader(io.BytesIO(made[".pdf"])).pages[0].images) == 1


async def test_a_picture_that_is_lost_is_drawn(world: World) -> None:
    """Guards against a holder without a badge because a picture cannot be had."""
    image = ImageRecord(
        id="img_x", alt={"en": "A ladder"}, width=9, height=9, hash="0f" * 32, widths=(9,)
    )
    award = msgspec.structs.replace(award_of(), image=image)
    issued = await world.issue(version=course_version(award=award))

    png = (await world.service.forms.make(issued.id, ".png")).content

    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (600, 600)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".bundle.json"])
async def test_every_file_can_be_handed_in_again(
    world: World, plain: Credential, suffix: str
) -> None:
    """Guards against a certificate that says where to drop it, and is not taken there."""
    content = (await world.service.forms.make(plain.id, suffix)).content
    given = (
        VerifyInput(json=msgspec.json.decode(content))
        if suffix.endswith("json")
        else VerifyInput(image=b64encode(content).decode())
    )

    (answer,) = await world.service.verifying.verify((given,))

    assert answer.verified, answer.checks
    assert answer.credential == msgspec.json.decode(plain.json)
