"""Verifying when something goes wrong: whose fault it is is told, and no other answer is lost."""

from typing import cast

import pytest

from services.content.contract import CatalogApi
from services.credentials.contract import Check, Verification, VerifyInput
from services.credentials.domain.did import key_document
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings
from services.credentials.repository.judging import Threads
from services.credentials.use_cases.sources import Sources
from services.credentials.use_cases.verifying import OwnFiles, Verifying
from services.kit.clock import utc_now
from services.kit.errors import Invalid, Unavailable
from tests.support.badges import DID, badge, known_contexts, sign


class Known:
    """Sources that know the badge's issuer."""

    async def findings(self, _presented: Presented) -> Findings:
        """Return all that there is to know."""
        documents = {DID: key_document(DID)}
        return Findings(now=utc_now(), contexts=known_contexts(), documents=documents)


class Failing(Threads):
    """A Judge whose examination of badges of one name ends in an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def examine(self, presented: Presented, findings: Findings) -> tuple[Check, ...]:
        """Raise the error for the badge that causes it."""
        if presented.document.get("name") == "odd":
            raise self._error
        return await super().examine(presented, findings)


@pytest.mark.parametrize(
    "error,expected,words",
    [
        (Invalid("It takes too long."), "PSFSSSSS", "It takes too long."),
        (Unavailable("The store is away."), "SSSSSSSS", "Not looked at either."),
        (ZeroDivisionError(), "SSSSSSSS", "Not looked at either."),
    ],
    ids=["a badge at fault", "a part that is away", "a fault of ours"],
)
async def test_a_badge_that_could_not_be_judged_is_told_so(
    error: Exception, expected: str, words: str
) -> None:
    """Guards against a badge blamed for our faults, and against a batch lost for one badge."""
    verifying = Verifying(
        cast("Sources", Known()),
        Failing(error),
        cast("OwnFiles", None),
        cast("CatalogApi", None),
        origin="http://localhost:8000",
        seconds=60,
        clock=utc_now,
    )
    good, odd = VerifyInput(json=sign(badge(1))), VerifyInput(json=sign(badge(2, name="odd")))

    first, found, last = await verifying.verify((good, odd, good))

    assert (outcomes(found), found.verified) == (expected, False)
    assert found.checks[2].message == words
    assert (first.verified, last.verified) == (True, True)


def outcomes(verification: Verification) -> str:
    return "".join(check.outcome[0] for check in verification.checks)
