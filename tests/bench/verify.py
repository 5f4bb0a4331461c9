"""How many badges of others are verified in a second on one core, beside Digital Bazaar's library.

Run: python -m tests.bench.verify   (installs the npm client once; prints rates and their ratio)
"""

import json
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.credentials.domain.did import key_document
from services.credentials.domain.handed import read_value
from services.credentials.domain.proofs import RDFC, SUITES
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, verify
from tests.support.badges import DID, badge, known_contexts, sign
from tests.support.npm import Run, find_node, install

COUNT, ROUNDS = 500, 3
OUTSIDE = 100
"""Badges for the npm client: it is slower."""
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def full_badge(number: int) -> dict[str, Any]:
    """Return a badge with all that a micro-credential has: about 4 KB, a hundred statements."""
    document = badge(number, name=f"Welding {number}", awardedDate="2026-11-20T09:30:15Z")
    achievement = document["credentialSubject"]["achievement"]
    achievement |= {
        "achievementType": "MicroCredential",
        "inLanguage": "en",
        "alignment": [_alignment(each) for each in range(4)],
        "resultDescription": [_described(each) for each in range(2)],
    }
    document["credentialSubject"]["result"] = [
        {
            "type": ["Result"],
            "resultDescription": f"https://guild.example/welding#result-{each}",
            "value": str(70 + (number + each) % 30),
        }
        for each in range(2)
    ]
    document["evidence"] = [
        {
            "type": ["Evidence"],
            "name": "Events",
            "narrative": f"{number} events, kept there.",
        }
    ]
    return document


def _alignment(number: int) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": f"skill {number}",
        "targetUrl": f"http://data.europa.eu/esco/skill/00000000-0000-4000-8000-{number:012}",
        "targetDescription": "Does this by the book, alone, and tells others why it is done so.",
        "targetFramework": "ESCO",
        "targetType": "ext:ESCOSkill",
    }


def _described(number: int) -> dict[str, Any]:
    return {
        "id": f"https://guild.example/welding#result-{number}",
        "type": ["ResultDescription"],
        "name": f"Part {number}",
        "resultType": "Percent",
        "requiredValue": "70",
        "valueMin": "0",
        "valueMax": "100",
    }


def ours(badges: list[bytes]) -> float:
    """Return how many badges, as bytes, are read and verified a second of this process's time."""
    known = {DID: key_document(DID)}
    findings = Findings(now=NOW, contexts=known_contexts(), documents=known)
    begun = time.process_time()
    for each in badges:
        presented = read_value(each)
        assert isinstance(presented, Presented)
        assert verify(presented, findings).verified
    return len(badges) / (time.process_time() - begun)


def theirs(run: Run, badges: list[bytes]) -> float:
    """Return how many badges the npm client verifies a second, without the time of its start."""
    start = _seconds(run, badges[:1])
    return (len(badges) - 1) / (_seconds(run, badges) - start)


def _seconds(run: Run, badges: list[bytes]) -> float:
    job = {
        "credentials": [json.loads(each) for each in badges],
        "documents": {DID: {"@context": "https://www.w3.org/ns/did/v1", **key_document(DID)}},
    }
    begun = time.perf_counter()
    answers = json.loads(run("verify.mjs", json.dumps(job).encode()))
    seconds = time.perf_counter() - begun
    assert all(answer["verified"] for answer in answers), answers[0]
    return seconds


def main() -> None:
    """Print the rates of each suite, best of some rounds, and the ratio for the one of both."""
    run = install(find_node(), "verifier")
    for suites in ((RDFC,), SUITES):
        badges = [
            msgspec.json.encode(sign(full_badge(number), suites=suites)) for number in range(COUNT)
        ]
        own = max(ours(badges) for _ in range(ROUNDS))
        print(f"{' + '.join(suites)}, {len(badges[0])} bytes: {own:,.0f} a second", end="")
        outside = theirs(run, badges[:OUTSIDE])
        print(f", npm {outside:,.0f}, ratio {own / outside:.1f}")


if __name__ == "__main__":
    main()
