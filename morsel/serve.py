"""`morsel serve`: runs one of the four processes, exactly as `python -m` of its package does."""

import importlib

from morsel.data import Data
from morsel.refusal import Refusal

PACKAGES = {
    "content": "services.content",
    "progress": "services.progress",
    "credentials": "services.credentials",
    "gateway": "gateway",
}


def main(*, service: str, one_origin: bool, dev_issuer: Data | None) -> int:
    """Serve until told to stop."""
    if (one_origin and service != "gateway") or (dev_issuer and not one_origin):
        raise Refusal("--one-origin goes with `serve gateway`, --dev-issuer with --one-origin.")
    if one_origin:
        importlib.import_module("morsel.origin").main(issuer=dev_issuer)
    else:
        importlib.import_module(f"{PACKAGES[service]}.__main__").main()
    return 0
