"""A credential brought up to date: the same award and id, with what is retained today."""

from collections.abc import Mapping
from datetime import datetime

from services.credentials.domain.achievement import (
    percent,
    retention_description,
    retention_url,
)
from services.credentials.domain.instants import format_instant
from services.kit.records import Json


def refresh_service(url: str) -> dict[str, Json]:
    """Return where a verifier gets the newest copy of a credential (Open Badges 3.0, B.1.22)."""
    return {"id": url, "type": "1EdTechCredentialRefresh"}


def refreshed(
    signed: Mapping[str, Json], *, valid_from: datetime, retention: float | None, url: str
) -> dict[str, Json]:
    """Return a signed credential as a newer, unsigned copy, with how well it is retained.

    Everything else stays: who holds it, when it was awarded, until when it counts, its place in
    the status list. A `retention` of None leaves none in it.
    """
    subject: dict[str, Json] = signed["credentialSubject"]
    achievement = _achievement(subject["achievement"])
    result_url = retention_url(achievement["id"])
    results = [one for one in subject["result"] if one.get("resultDescription") != result_url]
    if retention is not None:
        value = percent(retention)
        results.append({"type": ["Result"], "resultDescription": result_url, "value": value})
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    return {
        **unsigned,
        "validFrom": format_instant(valid_from),
        "credentialSubject": {**subject, "achievement": achievement, "result": results},
        "refreshService": refresh_service(url),
    }


def _achievement(signed: Mapping[str, Json]) -> dict[str, Json]:
    """Return the achievement with what retention means, which older copies do not say."""
    described: list[dict[str, Json]] = signed["resultDescription"]
    own = retention_description(retention_url(signed["id"]))
    if any(one["id"] == own["id"] for one in described):
        return dict(signed)
    return {**signed, "resultDescription": [*described, own]}
