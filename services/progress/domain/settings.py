"""What a learner may set of their own, and what is allowed."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from services.kit.errors import Fault, Invalid
from services.progress.contract import ProfileUpdate
from services.progress.domain.calendar import zones
from services.progress.domain.event_types.personal import MAX_MINUTES

LONGEST_NAME = 100
LONGEST_URL = 500
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LONGEST_TAG = 35
ZONE = "timeZone must be the IANA name of a time zone, like Europe/Rome."
CONTACT = (
    f"contactUrl must be an https:// or a mailto: address of at most {LONGEST_URL} characters, "
    "or empty."
)


def check_update(update: ProfileUpdate) -> None:
    """Return if all of it is allowed; Invalid with every field at fault."""
    faults = list(_faults(update))
    if faults:
        (message, path), *others = faults
        raise Invalid(message, path=path, others=tuple(others))


def check_zone(zone: str) -> None:
    """Return if there is such a time zone; else Invalid."""
    if zone not in zones():
        raise Invalid(ZONE, path=("timeZone",))


def _faults(update: ProfileUpdate) -> Iterator[Fault]:
    name, zone, url = update.display_name, update.time_zone, update.contact_url
    if name is not None and not _is_name(name):
        yield (
            f"displayName must be at most {LONGEST_NAME} characters, in one line.",
            ("displayName",),
        )
    if update.locale is not None and not _is_tag(update.locale):
        yield "locale must be a language tag, like en or pt-BR.", ("locale",)
    if zone is not None and zone not in zones():
        yield ZONE, ("timeZone",)
    goal = update.daily_goal_minutes
    if goal is not None and not 1 <= goal <= MAX_MINUTES:
        yield f"dailyGoalMinutes must be 1 to {MAX_MINUTES}.", ("dailyGoalMinutes",)
    if url and not _is_contact(url):
        yield CONTACT, ("contactUrl",)


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_NAME and text.isprintable()


def _is_tag(text: str) -> bool:
    return len(text) <= LONGEST_TAG and TAG.fullmatch(text) is not None


def _is_contact(text: str) -> bool:
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        place = parts.hostname
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    return parts.scheme == "https" and bool(place) and parts.username is None
