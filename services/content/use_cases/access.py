"""Who may write: authors of the course's organisation, and administrators."""

from services.kit.errors import Forbidden
from services.kit.records import Actor, Role


def author_organisation(actor: Actor) -> str | None:
    """Return the organisation whose courses an actor may write, None for all; else Forbidden."""
    if Role.ADMIN in actor.roles:
        return actor.organisation
    if Role.AUTHOR not in actor.roles:
        raise Forbidden("This is for authors: your token lacks the role AUTHOR.")
    if not actor.organisation:
        raise Forbidden("Authors write for an organisation, and your token names none.")
    return actor.organisation


def sending_organisation(actor: Actor) -> str | None:
    """Return the organisation that an actor may send files for, None for none; else Forbidden."""
    if Role.ISSUER in actor.roles and actor.organisation:
        return actor.organisation
    return author_organisation(actor)


def may_write(actor: Actor, organisation: str) -> bool:
    """Return whether an actor may see and change the drafts of an organisation."""
    if Role.ADMIN in actor.roles:
        return True
    return Role.AUTHOR in actor.roles and actor.organisation == organisation
