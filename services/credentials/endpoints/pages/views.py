"""What the templates are given: everything decided here, so that they only place it."""

from typing import Any
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from services.credentials.contract import (
    Check,
    Credential,
    CredentialStatus,
    Verification,
)
from services.credentials.domain.printed import is_rtl
from services.credentials.domain.showing import Named, Shown
from services.credentials.endpoints.pages.languages import Texts
from services.credentials.use_cases.showing import SharedPage


def shared(page: SharedPage, texts: Texts, *, origin: str) -> dict[str, Any]:
    """Return what the page of a shared credential shows."""
    credential, shown = page.credential, page.shown
    assert credential.share_url is not None
    state = _state(credential, page.verification)
    return {
        "state": state,
        "headline": texts.said[f"state_{state}"],
        "explained": texts.said[f"explain_{state}"],
        "shown": shown,
        "direction": "rtl" if is_rtl(shown.language) else "ltr",
        "awarded": texts.date(shown.awarded),
        "facts": _facts(shown, page.retention, texts),
        "skills": [_link(one) for one in shown.skills],
        "job_roles": [_link(one) for one in shown.job_roles],
        "checks": _checks(page.verification, texts),
        "checked": texts.said["checks_intro"].format(
            date=texts.date(page.checked_at), time=f"{page.checked_at:%H:%M}"
        ),
        "badge": credential.svg_url.removeprefix(origin),
        "code": code(credential.share_url),
        "address": credential.share_url,
        "linked_in": credential.linked_in_url,
        "downloads": _downloads(credential, texts, origin=origin),
        "summary": _summary(shown, texts),
        "holder": shown.holder or texts.said["unnamed"],
    }


def result(verification: Verification, texts: Texts) -> dict[str, Any]:
    """Return what the verification page shows of an outcome."""
    state = "valid" if verification.verified else "failed"
    facts = (
        ("achievement", verification.achievement_name),
        ("holder", verification.holder_name),
        ("issuer", verification.issuer_name),
        ("issuer_id", verification.issuer_id),
        ("skills", ", ".join(verification.skills)),
    )
    return {
        "state": state,
        "headline": texts.said[f"verdict_{state}"],
        "explained": texts.said[f"verdict_{state}_explained"],
        "facts": [(texts.said[f"label_{name}"], value) for name, value in facts if value],
        "checks": _checks(verification, texts),
    }


def code(address: str) -> Markup:
    """Return an address as a QR code (ISO 18004): an SVG with a light border, for any scheme."""
    made = segno.make(address, error="m", micro=False)
    svg = made.svg_inline(border=3, dark="#0b1f1c", light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704 - drawn by segno: squares, and no text


def _state(credential: Credential, verification: Verification) -> str:
    """Return what the page says above all: the status, and whether the rest holds."""
    if credential.status is not CredentialStatus.VALID:
        return credential.status.lower()
    return "valid" if verification.verified else "failed"


def _facts(shown: Shown, retention: float | None, texts: Texts) -> list[dict[str, Any]]:
    """Return figures and dates, each with a note where one explains it."""
    say, found = texts.said, []
    if shown.score:
        passing = say["passing"].format(percent=texts.figure(shown.passing or "0"))
        found.append(_fact(say["score"], f"{texts.figure(shown.score)}\u00a0%", passing))
    if retention is not None:
        percent = f"{round(retention * 100)}"
        fact = _fact(say["retention"], f"{percent}\u00a0%", say["retention_note"])
        found.append(fact | {"meter": percent})
    found.append(_fact(say["awarded"], texts.date(shown.awarded)))
    if shown.valid_until is None:
        found.append(_fact(say["valid_until"], say["for_ever"]))
    else:
        found.append(_fact(say["valid_until"], texts.date(shown.valid_until)))
    return found


def _fact(label: str, value: str, note: str | None = None) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "meter": None}


def _link(target: Named) -> dict[str, Any]:
    """Return a skill or role; its framework's address is a link where a browser can follow it."""
    is_web = urlsplit(target.url or "").scheme in {"http", "https"}
    return {
        "name": target.name,
        "url": target.url if is_web else None,
        "framework": target.framework,
    }


def _checks(verification: Verification, texts: Texts) -> list[dict[str, Any]]:
    return [_check(check, texts) for check in verification.checks]


def _check(check: Check, texts: Texts) -> dict[str, Any]:
    """Return a check: what it asks, how it went, and why, in the words of who made it."""
    return {
        "outcome": check.outcome.lower(),
        "says": texts.outcomes[check.outcome],
        "asks": texts.checks[check.name],
        "message": check.message,
    }


def _downloads(credential: Credential, texts: Texts, *, origin: str) -> list[dict[str, str]]:
    """Return the files to take along; on this origin, whatever it is called from outside."""
    urls = {
        "pdf": credential.pdf_url,
        "png": credential.png_url,
        "json": credential.json_url,
        "bundle": credential.bundle_url,
    }
    return [
        {
            "name": texts.said[f"download_{form}"],
            "note": texts.said[f"download_{form}_note"],
            "url": url.removeprefix(origin),
        }
        for form, url in urls.items()
    ]


def _summary(shown: Shown, texts: Texts) -> str:
    """Return one sentence for previews of the link."""
    return texts.said["summary"].format(
        holder=shown.holder or texts.said["unnamed"],
        name=shown.name,
        issuer=shown.issuer_name,
        date=texts.date(shown.awarded),
    )
