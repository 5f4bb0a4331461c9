"""The options of `morsel verify`."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit


def add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that verifies a credential in a file."""
    command = commands.add_parser(
        "verify",
        help="verify a credential in a file, with the network off",
        description="Verify an Open Badges 3.0 credential, of this or any other issuer, and explain"
        " each check. FILE is an offline bundle, which holds all that is needed, or JSON, a JWT, a"
        " baked PNG or SVG, or a PDF with the credential attached. Nothing is fetched unless"
        " --online is given.",
        epilog="Exit codes: 0 verified (no check failed; read what was skipped), 1 not verified, or"
        " the file cannot be read, 2 wrong options. Example: morsel verify ladder.bundle.json",
    )
    command.add_argument("path", type=Path, metavar="FILE", help="the file")
    command.add_argument(
        "--at",
        type=_instant,
        metavar="TIME",
        help="judge as of this time, such as 2026-11-26 or 2026-11-26T10:00:00Z (default: now)",
    )
    command.add_argument(
        "--json", dest="as_json", action="store_true", help="print the report as JSON"
    )
    _add_sources(command)
    command.add_argument(
        "--max-age",
        type=_days,
        metavar="DAYS",
        help="fail when the status in the file is older (default: however old, it is told)",
    )
    command.set_defaults(runs="morsel.verifying.command:main")


def _add_sources(command: argparse.ArgumentParser) -> None:
    """Let the command be told whom to ask, or whose keys to believe."""
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--online",
        action="store_true",
        help="fetch the issuer's keys and the status list from their own addresses, over https",
    )
    command.add_argument(
        "--origin",
        dest="origins",
        type=_origin,
        action="append",
        metavar="URL",
        help="with --online: this origin may be private and plain http, such as "
        "http://localhost:8000 of a Morsel on this machine",
    )
    source.add_argument(
        "--trust",
        type=Path,
        action="append",
        metavar="DID.JSON",
        help="believe the keys of this DID document, and no others; may be given several times",
    )


def _instant(text: str) -> datetime:
    """Return an instant; ArgumentTypeError for anything but ISO 8601, UTC where no zone stands."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: such as 2026-11-26T10:00:00Z is allowed"
        ) from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _origin(text: str) -> str:
    """Return an origin; ArgumentTypeError when it is none."""
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise argparse.ArgumentTypeError(f"{text!r} is no origin, such as http://localhost:8000")
    return text.rstrip("/")


def _days(text: str) -> timedelta:
    """Return a span of days; ArgumentTypeError unless it is a number from 0 on."""
    try:
        span = timedelta(days=float(text))
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days") from error
    if span < timedelta(0):
        raise argparse.ArgumentTypeError(f"{text!r} is less than no days")
    return span
