"""`morsel serve`: runs one of the four processes, exactly as `python -m` of its package does."""

import importlib

PACKAGES = {
    "content": "services.content",
    "progress": "services.progress",
    "credentials": "services.credentials",
    "gateway": "gateway",
}


def main(*, service: str) -> int:
    """Serve until told to stop."""
    importlib.import_module(f"{PACKAGES[service]}.__main__").main()
    return 0
