"""The learner's own settings, from the last profile.set of the log and the registers."""

from collections.abc import Mapping

from services.kit.records import Actor, Json
from services.progress.contract import Profile, ProfileUpdate
from services.progress.domain.learner import LearnerState


def profile_of(learner_id: str, state: LearnerState) -> Profile:
    """Return the profile; defaults where nothing was set yet."""
    values = settings_of(state)
    consent = state.own.consents.get("discoverable")
    return Profile(
        learner_id=learner_id,
        display_name=values.get("chosenName") or values.get("displayName"),
        email=values.get("email"),
        locale=values.get("locale") or "en",
        time_zone=values.get("timeZone") or "UTC",
        is_guest=bool(values.get("isGuest")),
        discoverable=bool(values.get("discoverable") if consent is None else consent.value),
        contact_url=values.get("contactUrl"),
    )


def settings_of(state: LearnerState) -> Mapping[str, Json]:
    """Return what the last profile.set says; empty before the first.

    `displayName` is the account's, as its token says; `chosenName` is what the learner set instead.
    """
    return state.profile.values if state.profile else {}


def updated(values: Mapping[str, Json], update: ProfileUpdate) -> Json:
    """Return settings with those of an update in their place."""
    told = {
        "chosenName": update.display_name,
        "locale": update.locale,
        "timeZone": update.time_zone,
        "contactUrl": update.contact_url,
    }
    changed = {name: value.strip() or None for name, value in told.items() if value is not None}
    kept = {**values, **changed}
    return {name: value for name, value in kept.items() if value is not None or name in values}


def registration(actor: Actor, values: Mapping[str, Json], *, known: bool) -> Json | None:
    """Return the settings of an actor whose token tells more than these, or None."""
    if actor.is_guest:
        return None if known else {"locale": "en", "timeZone": "UTC", "isGuest": True}
    told = {
        "displayName": actor.name or values.get("displayName"),
        "email": actor.email or values.get("email"),
        "isGuest": False,
    }
    same = told == {name: values.get(name) for name in ("displayName", "email")} | {
        "isGuest": bool(values.get("isGuest"))
    }
    return None if known and same else {**values, **told}
