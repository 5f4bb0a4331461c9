"""The learner's own settings, from the last profile.set of the log."""

from services.kit.records import Actor, Json
from services.progress.contract import Profile
from services.progress.domain.learner import LearnerState


def profile_of(learner_id: str, state: LearnerState) -> Profile:
    """Return the profile; defaults where nothing was set yet."""
    values = state.profile.values if state.profile else {}
    consent = state.own.consents.get("discoverable")
    return Profile(
        learner_id=learner_id,
        display_name=values.get("displayName"),
        email=values.get("email"),
        locale=values.get("locale") or "en",
        time_zone=values.get("timeZone") or "UTC",
        is_guest=bool(values.get("isGuest")),
        discoverable=bool(values.get("discoverable") if consent is None else consent.value),
    )


def registration(actor: Actor, profile: Profile, *, known: bool) -> Json | None:
    """Return the profile to set for an actor whose token tells more than is known, or None."""
    if actor.is_guest:
        return None
    told = {
        "displayName": actor.name or profile.display_name,
        "email": actor.email or profile.email,
    }
    same = told == {"displayName": profile.display_name, "email": profile.email}
    if known and same and not profile.is_guest:
        return None
    return {
        **told,
        "locale": profile.locale,
        "timeZone": profile.time_zone,
        "isGuest": False,
        "discoverable": profile.discoverable,
    }
