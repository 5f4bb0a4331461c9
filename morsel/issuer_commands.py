"""The commands of issuers: `morsel issue` awards by hand, `morsel issuer` is about keys."""

import argparse
import os
from pathlib import Path

from morsel.options import add_data, add_mongo
from services.credentials.domain.records import KeyUse

LEAD_MINUTES = 15.0
"""From the publication of a new key to its first signature, unless told otherwise."""
_WHERE = "Where MORSEL_SEALING_KEY is set, as in a pod of credentials, all is taken from MORSEL_*."


def add_issue(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that awards an achievement to many people."""
    command = commands.add_parser(
        "issue",
        help="award an achievement by hand to everybody in a table",
        description="Award an achievement to everybody in a CSV file, for what courses cannot "
        "measure. Its first line names the columns: name, and any of email, learner_id, score (0 "
        "to 1) and narrative. Each row is issued or says why not. Repeat it after whatever broke "
        "off: nothing is issued twice.",
        epilog="Example: morsel issue ach_AaIYc7dAd_mxSEfoPvpFUQ people.csv",
    )
    command.add_argument("achievement", metavar="ACHIEVEMENT", help="its id, as `achievements` has")
    command.add_argument("path", type=Path, metavar="FILE", help="the table, CSV in UTF-8")
    command.add_argument(
        "--url",
        default="http://localhost:8000/graphql",
        help="the GraphQL endpoint (default: %(default)s)",
    )
    token = os.environ.get("MORSEL_TOKEN")
    command.add_argument(
        "--token",
        default=token,
        required=token is None,
        help="bearer token with the role ISSUER of an organisation (default: MORSEL_TOKEN)",
    )
    command.add_argument(
        "--failed",
        type=Path,
        metavar="FILE",
        help="where rows that failed are written, with reasons (default: FILE.failed.csv)",
    )
    command.set_defaults(runs="morsel.issue:main")


def add_issuer(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command with what it can do."""
    issuer = commands.add_parser(
        "issuer",
        help="change the keys that an organisation signs with",
        description="Change the keys that an organisation signs credentials with.",
    )
    actions = issuer.add_subparsers(title="commands", metavar="COMMAND", required=True)
    keys = actions.add_parser(
        "keys",
        help="list an organisation's keys",
        description=f"List an organisation's keys, and what becomes of each. {_WHERE}",
    )
    _add_where(keys, "morsel.issuer_keys:show")
    rotate = actions.add_parser(
        "rotate-key",
        help="publish a new key, which signs from a while later on",
        description="Publish a new key. It signs once everybody can have seen it; the old one "
        "stays published, so all that it signed still verifies. With MORSEL_SIGNING_KEYS the "
        f"file of the new key has to be there before. {_WHERE}",
        epilog="Example: morsel issuer rotate-key acme",
    )
    rotate.add_argument(
        "--use",
        type=KeyUse,
        choices=list(KeyUse),
        default=KeyUse.CREDENTIAL,
        metavar="USE",
        help="credential or status: what the key signs (default: %(default)s)",
    )
    rotate.add_argument(
        "--minutes",
        type=float,
        default=LEAD_MINUTES,
        help="from publication to the first signature, 6 or more (default: %(default)g)",
    )
    _add_where(rotate, "morsel.issuer_keys:rotate")
    compromised = actions.add_parser(
        "compromised",
        help="drop a key that others may have, and sign anew what it signed",
        description="Drop a key that others may have: nothing that it signed counts any more. "
        "The next key signs at once. Status lists, endorsements and credentials are signed anew "
        "under their ids; the places of the old copies are revoked. May be repeated: what was cut "
        f"off goes on. {_WHERE}",
        epilog="Example: morsel issuer compromised acme key-1",
    )
    _add_where(compromised, "morsel.issuer_keys:compromised")
    compromised.add_argument("key", metavar="KEY", help="its name, such as key-1")


def _add_where(command: argparse.ArgumentParser, runs: str) -> None:
    command.add_argument("slug", metavar="ORG", help="the organisation's slug")
    add_data(command)
    add_mongo(command)
    command.set_defaults(runs=runs)
