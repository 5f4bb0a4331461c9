"""Capability URLs open one path for an hour, and nothing else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kit.capabilities import Capabilities
from services.kit.errors import NotFound

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_capability_opens_its_path_for_an_hour() -> None:
    """Guards against addresses that last, open something else, or can be prolonged by hand."""
    now = NOON
    capabilities = Capabilities(
        origin="http://localhost:8000", secret=b"k" * 32, label="tests", clock=lambda: now
    )
    others = [
        Capabilities(origin="", secret=secret, label=label, clock=lambda: now)
        for secret, label in [(b"x" * 32, "tests"), (b"k" * 32, "other tests")]
    ]
    path = "/credentials/cre_A.json"
    url = capabilities.url(path)
    given = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    assert url.startswith("http://localhost:8000/credentials/cre_A.json?expires=")
    capabilities.check(path, **given)
    later = str(int(given["expires"]) + 3600)
    for tried, broken in [
        ("/credentials/cre_A.jwt", given),
        ("/credentials/cre_B.json", given),
        (path, given | {"expires": later}),
        (path, given | {"signature": given["signature"][:-1]}),
        (path, given | {"signature": "ü"}),
        (path, {"expires": "", "signature": ""}),
        (path, given | {"expires": "-1"}),
    ]:
        with pytest.raises(NotFound):
            capabilities.check(tried, **broken)
    for other in others:
        with pytest.raises(NotFound):
            other.check(path, **given)
    now = NOON + timedelta(minutes=59)
    capabilities.check(path, **given)
    now = NOON + timedelta(minutes=66)
    with pytest.raises(NotFound):
        capabilities.check(path, **given)
