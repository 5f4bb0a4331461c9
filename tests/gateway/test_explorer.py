"""The explorer: who is shown it, what it may load, and that it works in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.explorer import FOLDER, PATH
from morsel.issuer import TOKEN_PATH, Issuer
from morsel.schema import FOLDER as CONTRACT
from tests.gateway.conftest import ISSUER, AccountIssuer, Gateway, settings_of, started
from tests.support.browser import CHROMIUM, Page, browser
from tests.support.world import World

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PARTS = ("explorer.js", "explorer.css", "icon.svg")


@pytest.fixture
async def site(world: World) -> AsyncIterator[Gateway]:
    """A development gateway with its explorer and an issuer that signs anybody in."""
    issuer = Issuer(ISSUER, bytes(32))
    app = create_app(
        settings_of(explorer=True, explorer_sign_in=TOKEN_PATH),
        world.clients,
        keys=issuer.keys,
        routes=issuer.routes("https://learn.example"),
    )
    async with started(world, AccountIssuer(), app=app) as running:
        yield running


@pytest.fixture
async def page(site: Gateway, tmp_path: Path) -> AsyncIterator[Page]:
    """The explorer in a browser."""
    async with browser(tmp_path / "profile") as opened:
        await opened.resize(1280, 800)
        await opened.open(f"{site.url}/graphql")
        await opened.until("document.querySelectorAll('#operations a').length")
        yield opened


@pytest.mark.parametrize("path", ["/", "/graphql"])
async def test_a_browser_is_shown_the_page_and_a_client_is_not(site: Gateway, path: str) -> None:
    """Whoever opens the address of the API would see JSON that says what they did wrong."""
    shown = await site.send("GET", path, headers={"Accept": BROWSER})
    called = await site.send("GET", path, headers={"Accept": "application/json"})

    assert (shown.status, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Morsel API explorer</title>" in shown.text
    assert "html" not in called.headers["Content-Type"]


async def test_the_page_may_load_nothing_from_elsewhere(site: Gateway) -> None:
    """A script of somebody else's would see every token that is used here."""
    shown = await site.send("GET", headers={"Accept": BROWSER})
    policy = dict(
        rule.partition(" ")[::2] for rule in shown.headers["Content-Security-Policy"].split("; ")
    )

    assert policy["default-src"] == "'none'"
    assert {policy[f"{kind}-src"] for kind in ("script", "style", "img", "connect")} == {"'self'"}
    assert policy["frame-ancestors"] == "'none'"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("index.html", "explorer.js", "explorer.css"):
        assert "//" not in "".join(
            line
            for line in (FOLDER / name).read_text().splitlines()
            if not line.lstrip().startswith(("//", "/*"))
        ).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("part", PARTS)
async def test_its_parts_are_served(site: Gateway, part: str) -> None:
    """The page would be blank."""
    answer = await site.send("GET", f"{PATH}/{part}")

    assert (answer.status, answer.text) == (200, (FOLDER / part).read_text())


async def test_it_shows_every_operation_and_every_type(site: Gateway) -> None:
    """App developers would not find what there is."""
    shown = (await site.send("GET", f"{PATH}/reference.json")).json

    files = {path.stem for path in (CONTRACT / "operations").glob("*.graphql")}
    assert {each["name"] for each in shown["operations"]} == files
    assert all(each["description"] for each in shown["operations"])
    types = {each["name"]: each for each in shown["types"]}
    assert types["Level"]["values"][0]["name"] == "BEGINNER"
    assert types["Node"]["members"] == sorted(types["Node"]["members"])
    sync = next(each for each in types["Mutation"]["fields"] if each["name"] == "sync")
    assert sync["arguments"][0]["type"] == "SyncInput!"
    limit = next(each for each in types["SyncInput"]["fields"] if each["name"] == "limit")
    assert limit["default"] == "500"
    assert shown["signIn"] == TOKEN_PATH


async def test_production_has_none(world: World) -> None:
    """A page that signs in as anybody, or that lists the schema, would be open to everybody."""
    async with started(world, AccountIssuer()) as gateway:
        page = await gateway.send("GET", "/graphql", headers={"Accept": BROWSER})
        parts = [await gateway.send("GET", f"{PATH}/{part}") for part in (*PARTS, "reference.json")]

    assert "html" not in page.headers["Content-Type"]
    assert [part.status for part in parts] == [404] * 4


needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed: apt-get install chromium"
)


@pytest.mark.slow
@needs_chromium
async def test_a_registered_operation_runs_and_its_answer_shows(page: Page) -> None:
    """Nobody could try the API without writing a client first."""
    await page.evaluate("document.querySelector('a[href=\"#Catalogue\"]').click()")
    await page.evaluate("document.getElementById('run').click()")

    await page.until("document.getElementById('status').textContent.startsWith('200')")

    answer = await page.evaluate("JSON.parse(document.getElementById('answer').textContent)")
    assert [node["slug"] for node in answer["data"]["catalog"]["nodes"]] == ["wiring"]
    assert page.problems == []


@pytest.mark.slow
@needs_chromium
async def test_a_role_signs_in_and_subscribes(page: Page, site: Gateway) -> None:
    """What needs a token, or a socket, could not be tried."""
    await page.evaluate("document.querySelector('[data-role=LEARNER]').click()")
    await page.until("document.getElementById('who').textContent.includes('Demo learner')")
    token = await page.evaluate("JSON.parse(sessionStorage.getItem('signed-in')).token")
    await page.evaluate("location.hash = '#ViewerChanged'")
    await page.until("document.getElementById('run').textContent === 'Subscribe'")
    await page.evaluate("document.getElementById('run').click()")
    await page.until("document.getElementById('status').textContent === 'Listening'")

    await site.sync("a", token=token)
    await page.until("document.querySelectorAll('.event').length")

    event = await page.evaluate("JSON.parse(document.querySelector('.event pre').textContent)")
    assert event == {
        "data": {"viewerChanged": {"kinds": ["LESSON_PROGRESS"]}},
        "extensions": {"cursor": "1"},
    }
    await page.evaluate("document.getElementById('run').click()")
    assert await page.evaluate("document.getElementById('status').textContent") == "Stopped"
    assert page.problems == []


@pytest.mark.slow
@needs_chromium
async def test_the_reference_is_searched_by_its_descriptions(page: Page) -> None:
    """Somebody who knows what they want, and not what it is called, would not find it."""
    await page.evaluate(
        "const field = document.getElementById('find-reference');"
        "field.value = 'claimGuest keeps what they did';"
        "field.dispatchEvent(new Event('input'))"
    )

    found = await page.evaluate("document.getElementById('reference').textContent")
    assert "Viewer.isGuest" in found
    await page.evaluate("location.hash = '#/Viewer'")
    await page.until("document.querySelector('#reference h2')?.textContent === 'typeViewer'")
    assert page.problems == []


@pytest.mark.slow
@needs_chromium
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
async def test_no_screen_is_too_narrow_for_it(page: Page, width: int) -> None:
    """On a phone, buttons would be out of reach."""
    await page.resize(width, 740)
    for pane in ("operations", "editor", "answer", "reference"):
        await page.evaluate(f"document.querySelector('.dock [data-show={pane}]').click()")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
    await page.evaluate("document.getElementById('who').click()")
    wide = await page.evaluate("document.getElementById('sign-in').getBoundingClientRect().right")
    assert wide <= width
