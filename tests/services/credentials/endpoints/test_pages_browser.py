"""The pages in a real browser: they fit, keep nobody out, and obey their own policy."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import msgspec
import pytest

from services.credentials.contract import ShareCredential
from services.kit.records import Actor
from tests.support.awards import award_of, course_version
from tests.support.browser import CHROMIUM, Page, browser
from tests.support.issuing import ORIGIN, World
from tests.support.npm import CLIENTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
NAMED = "document.activeElement.name || document.activeElement.className"
"""What has the focus."""
SIZES = (360, 1280)
NAMES = {
    "plain": "Safe Ladder Use",
    "long": "Wartung von Photovoltaikanlagenwechselrichtersystemen " * 3,
    "cjk": "梯子の安全な使い方と高所作業の基礎",
    "arabic": "الاستخدام الآمن للسلالم",
}


@pytest.fixture(scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    """The tab of a browser."""
    async with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
async def paths(world: World) -> dict[str, str]:
    """The path of every page, by what is special about it."""
    found = {"verify": "/verify", "verify in Spanish": "/verify?lang=es", "missing": "/c/none"}
    for case, name in NAMES.items():
        award = msgspec.structs.replace(award_of(case), name={"en": name})
        issued = await world.issue(case, course_version(case, award=award))
        wish = ShareCredential(credential_id=issued.id, show_retention=True)
        shared = await world.service.sharing.share(Actor(subject=issued.holder_id), wish)
        found[case] = str(shared.share_url).removeprefix(ORIGIN)
    credentials = world.database.truth("credentials")
    for case, change in {
        "suspended": {"status": "SUSPENDED"},
        "expired": {"valid_until": datetime(2026, 1, 1, tzinfo=UTC)},
    }.items():
        issued = await world.issue(case)
        wish = ShareCredential(credential_id=issued.id)
        shared = await world.service.sharing.share(Actor(subject=issued.holder_id), wish)
        await credentials.update_one({"_id": issued.id}, {"$set": change})
        found[case] = str(shared.share_url).removeprefix(ORIGIN)
    return found


@pytest.fixture(scope="module")
def axe(npm_client: Callable[[str], object]) -> str:
    """The source of axe-core."""
    npm_client("axe")
    return (CLIENTS / "axe" / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
async def test_nobody_is_kept_out(
    site: str,
    page: Page,
    paths: dict[str, str],
    axe: str,
    width: int,
    *,
    dark: bool,
) -> None:
    """Who reads by ear, by keyboard or in low light could not use a page, or it would not fit."""
    for case, path in paths.items():
        await page.resize(width, 800, dark=dark)
        await page.open(f"{site}{path}")
        await page.evaluate(axe)  # the DevTools' own door: the policy of the page stays in force
        found = await page.evaluate(
            "axe.run().then(({violations}) => violations.map("
            "one => `${one.id}: ${one.nodes.map(node => node.html).join(' ')}`))"
        )
        assert found == [], case
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), case
        problems = [one for one in page.problems if "404" not in one]
        assert problems == [], case


async def test_a_dropped_file_is_verified_at_once_and_the_verdict_is_read_first(
    world: World, site: str, page: Page
) -> None:
    """Who drops a badge would have to find a button; a screen reader would start anywhere."""
    issued = await world.issue("dropper")
    await page.resize(360, 800)
    await page.open(f"{site}/verify")
    signed = msgspec.json.encode(issued.json.decode()).decode()

    await page.evaluate(
        f"""(() => {{
          const data = new DataTransfer();
          data.items.add(new File([{signed}], "badge.json"));
          document.querySelector("[data-drop]").dispatchEvent(
            new DragEvent("drop", {{dataTransfer: data, bubbles: true, cancelable: true}}));
        }})()"""
    )

    verdict = "document.readyState === 'complete' && document.getElementById('verdict')?.innerText"
    assert await page.until(verdict) == "It is genuine and counts"
    assert await page.evaluate("document.activeElement.matches('.result')")


async def test_the_form_is_used_by_keyboard_alone(site: str, page: Page) -> None:
    """Somebody without a mouse could not verify anything."""
    await page.resize(1280, 800)
    await page.open(f"{site}/verify")
    order = []
    for _ in range(9):
        for kind in ("keyDown", "keyUp"):
            await page.send("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
        order.append(await page.evaluate(NAMED))

    wanted = ["skip", "file", "text", "link", "primary"]
    assert [one for one in order if one in wanted] == wanted
