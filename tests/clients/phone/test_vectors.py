"""The published marking vectors: the reference phone marks each as the file says."""

import json
from pathlib import Path

from tests.clients.phone.handset import Handset
from tests.support.running import ROOT

VECTORS = ROOT / "graphql" / "marking-vectors.json"


async def test_the_phone_marks_by_the_vectors(node: Path, tmp_path: Path) -> None:
    """An app that follows the file would mark otherwise than the server."""
    # given every case of the file
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    cases = [(vector, case) for vector in vectors for case in vector["cases"]]
    assert len(cases) > 100
    # when the phone marks them
    phone = Handset(node, "http://localhost", tmp_path / "phone.json")
    await phone.switch_on()
    marks = await phone.do(
        "mark", [(vector["question"], case["response"]) for vector, case in cases]
    )
    await phone.kill()
    # then it agrees with each
    differing = [
        (vector["name"], case["name"], mark, case["mark"])
        for (vector, case), mark in zip(cases, marks, strict=True)
        if mark != case["mark"]
    ]
    assert differing == []
