"""Headless Chromium, driven over its DevTools protocol: a page is opened, used and looked at."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""The program, of the Debian package chromium."""
SECONDS = 20


class Page:
    """A tab of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0
        self.problems: list[str] = []
        """What the page's console was told of as wrong: errors, and what its policy forbade."""

    async def send(self, method: str, **parameters: Any) -> Any:
        """Return the result of a DevTools command."""
        self._asked += 1
        command = {"id": self._asked, "method": method, "params": parameters}
        await self._socket.send_json(command)
        while True:
            message = await self._socket.receive_json()
            self._note(message)
            if message.get("id") == self._asked:
                assert "error" not in message, message["error"]
                return message["result"]

    async def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page; promises are awaited."""
        answer = await self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Return the value of an expression as soon as it is true."""
        async with asyncio.timeout(SECONDS):
            while not (value := await self.evaluate(script)):
                await asyncio.sleep(0.05)
        return value

    async def open(self, url: str) -> None:
        """Go to an address, and return when it is loaded."""
        await self.send("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def resize(self, width: int, height: int, *, dark: bool = False) -> None:
        """Be a screen of that size, which for less than 500 pixels is a phone."""
        is_phone = width < 500
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", features=[scheme])

    async def screenshot(self, path: Path) -> None:
        """Write what the screen shows as PNG."""
        shot = await self.send("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.problems.append(told["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(told["exceptionDetails"]))


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Page]:
    """Run a browser with a fresh profile and give its one tab."""
    assert CHROMIUM, "chromium is not installed"
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        *["--no-first-run", "--disable-background-networking", "--remote-debugging-port=0"],
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            address = await _tab(session, profile / "DevToolsActivePort")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await page.send(f"{domain}.enable")
                yield page
    finally:
        process.terminate()
        await process.wait()


async def _tab(session: aiohttp.ClientSession, told: Path) -> str:
    """Return the address of the first tab, once the browser has told where it listens."""
    async with asyncio.timeout(SECONDS):
        while not (port := _port(told)):
            await asyncio.sleep(0.05)
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                tabs = [each for each in await response.json() if each["type"] == "page"]
            if tabs:
                address: str = tabs[0]["webSocketDebuggerUrl"]
                return address
            await asyncio.sleep(0.05)


def _port(told: Path) -> str | None:
    """Return the first of the two lines, once both are there."""
    lines = told.read_text().splitlines() if told.exists() else []
    return lines[0] if len(lines) > 1 else None
