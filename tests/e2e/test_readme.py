"""The README's query gives the answer that the README shows."""

import json
import re

from tests.support.running import ROOT, Client


async def test_the_query_of_the_readme(anybody: Client) -> None:
    """The first thing that somebody tries would not work."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## One query")[1].split("\n## ")[0]
    body = re.search(r"-d '(\{.*?\})'\n```", section, re.DOTALL)
    answer = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert body
    assert answer
    query = json.loads(body[1].replace("\n", " "))["query"]
    assert await anybody.post(query) == json.loads(answer[1])
