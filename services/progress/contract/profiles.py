"""Who a learner is, and what they may set."""

from services.kit.records import Record


class Profile(Record):
    """A learner's own settings."""

    learner_id: str
    display_name: str | None = None
    email: str | None = None
    locale: str = "en"
    time_zone: str = "UTC"
    is_guest: bool = False
    discoverable: bool = False
    contact_url: str | None = None
    """Where employers may reach them."""


class ProfileUpdate(Record):
    """Settings to change; None leaves one as it is, an empty text takes it away."""

    display_name: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    daily_goal_minutes: int | None = None
    discoverable: bool | None = None
    contact_url: str | None = None


class GuestProfile(Record):
    """What a phone tells of itself when it starts as a guest."""

    device_id: str
    locale: str = "en"
    time_zone: str = "UTC"
