"""Where the newest copy of a credential is: an address that all of its copies name."""

from services.credentials.use_cases.means import Means


def newest_path(credential_id: str) -> str:
    """Return the path, which only its key opens."""
    return f"/credentials/{credential_id}/newest"


def newest_url(means: Means, credential_id: str) -> str:
    """Return the address with its key: good for ever, for whoever has any of the copies."""
    return means.capabilities.lasting_url(newest_path(credential_id))
