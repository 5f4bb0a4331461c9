"""Pages for people, as a browser without scripts meets them."""

import asyncio
import re
from io import BytesIO
from typing import Any, cast

import aiohttp
import msgspec
import pytest
from PIL import Image
from starlette.applications import Starlette

from services.credentials.contract import (
    Credential,
    ShareCredential,
    Verification,
    VerifyingApi,
    VerifyInput,
)
from services.credentials.endpoints.pages import HERE, Pages
from services.credentials.endpoints.pages.handed import MAX_BYTES
from services.credentials.endpoints.pages.languages import all_texts
from services.credentials.use_cases.showing import SharedPage, Showing
from services.kit.errors import Unavailable
from services.kit.ids import Kind
from services.kit.records import Actor
from services.progress.contract import SkillStanding
from tests.support.awards import QUOTES, award_of, course_version, make_id
from tests.support.issuing import ORIGIN, World
from tests.support.serving import serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def shared(world: World, learner: str = "zoe", **changes: Any) -> Credential:
    """Return a credential that its holder shares, its award with some changes; the world stays."""
    name = f"award {sorted(changes.items())}"
    award = msgspec.structs.replace(award_of(name), **changes)
    issued = await world.issue(learner, course_version(name, award=award))
    wish = ShareCredential(credential_id=issued.id)
    return await world.service.sharing.share(Actor(subject=issued.holder_id), wish)


def path_of(credential: Credential) -> str:
    """Return the path of a credential's page."""
    assert credential.share_url is not None
    return credential.share_url.removeprefix(ORIGIN)


async def opened(client: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, str]:
    """Return the status and the text of a page."""
    async with client.get(path, headers=BROWSER | headers) as answer:
        return answer.status, await answer.text()


async def handed(client: aiohttp.ClientSession, **fields: str | bytes) -> tuple[int, str]:
    """Send the form as a browser does, empty fields too, and return the page that answers."""
    body = b""
    for name in ("file", "text", "link"):
        value = fields.get(name, b"")
        raw = value.encode() if isinstance(value, str) else value
        file = f'; filename="{"x" if raw else ""}"' if name == "file" else ""
        body += f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += raw + b"\r\n"
    headers = BROWSER | {"Content-Type": "multipart/form-data; boundary=edge"}
    sent = BytesIO(body + b"--edge--\r\n")
    async with client.post("/verify", data=sent, headers=headers) as answer:
        return answer.status, await answer.text()


def outcomes(page: str) -> list[str]:
    """Return the outcome of each check, in order."""
    return re.findall(r'<li class="(passed|failed|skipped)">', page)


async def test_a_shared_credential_is_shown_and_verified(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Somebody who hires would see claims instead of checks."""
    credential = await shared(world)

    status, page = await opened(client, path_of(credential))

    assert status == 200
    for words in (
        "Safe Ladder Use",
        "Zoë Example",
        "Morsel Academy",
        "85.5\u00a0%",
        "20 November 2026",
        "work safely at height",
        "window cleaner",
        "<em>70 percent</em>",
        "Its issuer has not revoked it.",
    ):
        assert words in page
    assert "failed" not in outcomes(page)
    assert outcomes(page)[:6] == ["passed"] * 6
    assert f'content="{credential.share_url}"' in page
    assert credential.linked_in_url is not None
    assert credential.linked_in_url.replace("&", "&amp;") in page


async def test_all_addresses_on_the_page_answer(
    world: World, client: aiohttp.ClientSession
) -> None:
    """A download, a picture or a style would be missing, and nobody would be told."""
    _, page = await opened(client, path_of(await shared(world)))

    found = set(re.findall(r'(?:href|src)="(/[^"]*)"', page))

    assert {path.partition("?")[0].rpartition(".")[2] for path in found} >= {
        *("css", "js", "svg", "png", "json", "pdf")
    }
    for path in found:
        async with client.get(path.replace("&amp;", "&")) as answer:
            assert answer.status == 200, path


async def test_what_does_not_count_is_said_first(
    world: World, client: aiohttp.ClientSession
) -> None:
    """A revoked credential would look like any other at a glance."""
    credential = await shared(world, "bo")
    await world.revoke(credential, reason="Copied answers.")
    await world.published()

    _, page = await opened(client, path_of(credential))
    async with asyncio.timeout(60):  # verification holds our own lists for an instant
        while "failed" not in outcomes(page):
            await asyncio.sleep(0.05)
            _, page = await opened(client, path_of(credential))

    assert re.search(r'<p class="state revoked">.*?<strong>Revoked</strong>', page, re.DOTALL)
    assert "Verified</strong>" not in page
    assert "Copied answers." not in page


async def test_what_authors_wrote_is_text_and_nothing_else(
    world: World, client: aiohttp.ClientSession
) -> None:
    """An author could run a script in the browser of whoever opens a credential."""
    evil = f"<script>alert(1)</script>\"'{QUOTES}"
    markdown = f"{evil} [x](javascript:alert(1)) ![x](https://example.org/x.png) <img src=x>"
    credential = await shared(
        world, name={"en": evil}, description={"en": evil}, criteria={"en": markdown}
    )

    _, page = await opened(client, path_of(credential))

    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<img src=x" not in page
    assert 'example.org/x.png" ' not in page.replace("href", "")
    assert re.findall(r"<img [^>]*>", page) == re.findall(r'<img class="badge"[^>]*>', page)


async def test_retention_is_shown_where_the_holder_shows_it(
    world: World, client: aiohttp.ClientSession
) -> None:
    """Everybody would see what somebody has forgotten, or nobody what they still know."""
    credential = await shared(world, "mem")
    skill = SkillStanding(
        skill_id=make_id(Kind.SKILL, "climb"), mastery=1.0, retention=0.724, answers=9
    )
    world.diary.known[credential.holder_id] = (skill,)

    _, private = await opened(client, path_of(credential))
    await world.service.sharing.share(
        Actor(subject=credential.holder_id),
        ShareCredential(credential_id=credential.id, show_retention=True),
    )
    _, public = await opened(client, path_of(credential))

    assert "Known today" not in private
    assert re.search(r"Known today.*?72\u00a0%.*?<meter", public, re.DOTALL)


@pytest.mark.parametrize(
    "name",
    [
        "Safe Ladder Use",
        "Wechselrichtersystemprüfung " * 20,
        "梯子の安全な使い方",
        "السلالم",
        QUOTES,
    ],
    ids=["plain", "long", "Japanese", "Arabic", "quotes"],
)
async def test_a_link_is_shown_with_a_picture(
    world: World, client: aiohttp.ClientSession, name: str
) -> None:
    """A link in a chat would be a bare address, or its preview fail by a long or foreign name."""
    credential = await shared(world, "pia", name={"en": name.strip()}, valid_for_days=len(name))
    _, page = await opened(client, path_of(credential))
    [address] = re.findall(r'property="og:image" content="([^"]*)"', page)

    async with client.get(address.removeprefix(ORIGIN)) as answer:
        picture = Image.open(BytesIO(await answer.read()))
        assert (answer.status, answer.content_type) == (200, "image/png")
    await world.service.sharing.unshare(Actor(subject=credential.holder_id), credential.id)
    async with client.get(address.removeprefix(ORIGIN)) as answer:
        assert answer.status == 404

    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(picture.convert("RGB").getcolors(1200 * 630) or ()) > 100  # something is drawn


async def test_a_link_that_opens_nothing_is_answered_kindly(
    world: World, client: aiohttp.ClientSession
) -> None:
    """A link that was taken back would tell that something had been there."""
    credential = await shared(world, "ada")
    await world.service.sharing.unshare(Actor(subject=credential.holder_id), credential.id)

    taken = await opened(client, path_of(credential))
    unknown = await opened(client, "/c/" + "A" * 22)

    assert taken[0] == unknown[0] == 404
    assert "Nothing is shared here" in taken[1]
    token = path_of(credential).removeprefix("/c/")
    assert taken[1].replace(token, "") == unknown[1].replace("A" * 22, "")


async def test_a_program_is_given_the_signed_bytes(
    world: World, client: aiohttp.ClientSession
) -> None:
    """A verifier that follows the link would be given a page for people."""
    credential = await shared(world)

    async with client.get(
        path_of(credential), headers={"Accept": "application/vc+ld+json"}
    ) as answer:
        assert answer.content_type == "application/vc+ld+json"
        assert await answer.read() == credential.json
    async with client.get("/c/none", headers={"Accept": "application/vc+ld+json"}) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["/verify", "/c/none"])
async def test_pages_load_nothing_from_elsewhere_and_are_kept_by_nobody(
    client: aiohttp.ClientSession, path: str
) -> None:
    """A script of somebody else's could show a verdict of its own."""
    async with client.get(path, headers=BROWSER) as answer:
        headers = answer.headers

    policy = dict(
        rule.partition(" ")[::2] for rule in headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert {policy[f"{kind}-src"] for kind in ("script", "style", "img")} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    """The policy forbids them, so they would silently do nothing."""
    for file in (HERE / "templates").glob("*.html"):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", file.read_text())


@pytest.mark.parametrize(
    "query,header,language",
    [
        ("", "es-MX,es;q=0.9,en;q=0.5", "es"),
        ("", "en;q=0.4, fr, es;q=0.7", "es"),
        ("", "es;q=0, en", "en"),
        ("", "fr, *;q=x", "en"),
        ("?lang=en", "es", "en"),
        ("?lang=es", "en", "es"),
        ("?lang=xx", "es", "es"),
        ("?lang=%3Cscript%3E", "", "en"),
    ],
)
async def test_a_page_is_in_the_language_of_its_reader(
    client: aiohttp.ClientSession, query: str, header: str, language: str
) -> None:
    """Somebody who reads no English could not tell what a check means."""
    _, page = await opened(client, f"/verify{query}", **{"Accept-Language": header})

    assert f'<html lang="{language}">' in page


def test_every_language_says_everything() -> None:
    """A page would fail in one language alone."""
    english, *others = all_texts().values()
    for texts in others:
        assert texts.said.keys() == english.said.keys()
        assert texts.checks.keys() == english.checks.keys()
        assert texts.outcomes.keys() == english.outcomes.keys()
        holes = {name: re.findall(r"{\w+}", said) for name, said in english.said.items()}
        assert {name: re.findall(r"{\w+}", said) for name, said in texts.said.items()} == holes


@pytest.mark.parametrize(
    "way", ["json file", "jwt file", "png", "svg", "pdf", "json", "jwt", "share link"]
)
async def test_a_credential_is_verified_however_it_is_handed_over(
    world: World, client: aiohttp.ClientSession, way: str
) -> None:
    """Somebody with a genuine credential in a form of ours would be told that it is none."""
    credential = await shared(world)
    picture = {
        form: (await world.service.forms.make(credential.id, f".{form}")).content
        for form in (way,)
        if form in {"png", "svg", "pdf"}
    }
    ways: dict[str, dict[str, str | bytes]] = {
        "json file": {"file": b"\xef\xbb\xbf" + credential.json},
        "jwt file": {"file": credential.jwt.encode() + b"\n"},
        "png": {"file": picture.get("png", b"")},
        "svg": {"file": picture.get("svg", b"")},
        "pdf": {"file": picture.get("pdf", b"")},
        "json": {"text": credential.json.decode()},
        "jwt": {"text": f"  {credential.jwt}\n"},
        "share link": {"link": str(credential.share_url)},
    }

    status, page = await handed(client, **ways[way])

    assert status == 200
    assert "It is genuine and counts" in page
    assert "Zoë Example" in page
    assert "failed" not in outcomes(page)


async def test_a_changed_credential_is_refused_with_what_is_wrong(
    world: World, client: aiohttp.ClientSession
) -> None:
    """A forged name would be shown under a green tick."""
    credential = await shared(world)
    forged = credential.json.decode().replace("Zoë Example", "Mallory Example")

    status, page = await handed(client, text=forged)

    assert status == 200
    assert "Do not rely on it" in page
    assert "It is genuine" not in page
    assert "failed" in outcomes(page)


@pytest.mark.parametrize(
    "fields,status,words",
    [
        ({}, 400, "Give a file, pasted text or a link."),
        ({"text": "a.b.c", "link": "https://example.org"}, 400, "Give one thing only"),
        ({"file": b"\xff\xfe\x00garbage\xff"}, 400, "neither text nor a picture"),
        ({"file": b"x" * (MAX_BYTES + 1)}, 413, "larger than 5 MB"),
        ({"link": f"{ORIGIN}/c/none"}, 400, "Nothing is shared under this link"),
    ],
    ids=["nothing", "several", "garbage", "large", "not shared"],
)
async def test_what_cannot_be_verified_is_said_in_words(
    client: aiohttp.ClientSession, fields: dict[str, Any], status: int, words: str
) -> None:
    """A slip of the hand would end in an error page, or in silence."""
    answered, page = await handed(client, **fields)

    assert answered == status
    assert re.search(rf'role="alert".*?{re.escape(words)}', page, re.DOTALL)


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"a": ' * 2000, "hello", "a.b.c", "<b>", '{"type": "x"}']
)
async def test_nonsense_is_no_credential_and_no_fault(
    client: aiohttp.ClientSession, text: str
) -> None:
    """A typo in what was pasted would look like a fault of the page."""
    status, page = await handed(client, text=text)

    assert status == 200
    assert "Do not rely on it" in page
    assert "failed" in outcomes(page)[:2]


@pytest.mark.parametrize(
    "kind,body",
    [
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"text=a.b.c"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Dis"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
        ),
    ],
)
async def test_a_broken_form_is_refused(
    client: aiohttp.ClientSession, kind: str, body: bytes
) -> None:
    """A program that sends anything else would be answered with a fault of ours."""
    async with client.post("/verify", data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == 400
        assert 'role="alert"' in await answer.text()


class Away:
    """Whoever is asked, while the database is away."""

    async def page(self, token: str) -> SharedPage:
        raise Unavailable("The database did not answer in time.")

    async def preview(self, token: str) -> bytes:
        raise Unavailable("The database did not answer in time.")

    async def verify(self, inputs: tuple[VerifyInput, ...]) -> tuple[Verification, ...]:
        raise Unavailable("The database did not answer in time.")


async def test_a_database_that_is_away_is_said_kindly() -> None:
    """Somebody who hires would take a fault of ours for a fault of the credential."""
    away = Away()
    pages = Pages(cast("Showing", away), cast("VerifyingApi", away), origin=ORIGIN)
    async with (
        serving(Starlette(routes=pages.routes())) as url,
        aiohttp.ClientSession(url) as client,
    ):
        status, page = await opened(client, "/c/any")
        answered, form = await handed(client, text="a.b.c")
        async with client.get("/c/any/preview.png") as picture:
            assert picture.status == 503

    assert (status, answered) == (503, 503)
    assert "try again in a minute" in page
    assert re.search(r'role="alert".*?try again in a minute', form, re.DOTALL)
