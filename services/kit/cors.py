"""Which web pages may call a process (CORS): the origins of one setting, for all processes."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

HELP = "origins of web pages that may call the API and send uploads, with commas between"
MAX_AGE = 86_400


def read_origins(text: str) -> tuple[str, ...]:
    """Return the origins that a setting lists."""
    return tuple(origin.strip() for origin in text.split(",") if origin.strip())


def cors(origins: tuple[str, ...]) -> list[Middleware]:
    """Return what lets pages of these origins in; nothing where there are none."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT"],
            allow_headers=["Accept", "Authorization", "Content-Type", "Range", "X-Request-Id"],
            expose_headers=["X-Request-Id"],
            max_age=MAX_AGE,
        )
    ]
