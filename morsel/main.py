"""The command `morsel`: reads the command line, then loads the module of the chosen command."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from morsel.content_commands import add_content_commands
from morsel.data import Data
from morsel.issuer_commands import add_issue, add_issuer
from morsel.learner_commands import add_import_learner
from morsel.options import add_data, add_mongo
from morsel.refusal import Refusal
from morsel.verifying.options import add_verify
from services.kit.errors import ServiceError
from services.kit.records import Role
from services.kit.settings import SettingsError

DEFAULT_PORT = 8000
MAX_PORT = 65_535
DEFAULT_HOURS = 24.0
SERVICES = ("content", "progress", "credentials", "gateway")
INTERRUPTED = 130
UNREAD = 141
"""As shells have it of a program whose reader ended, such as head."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; a Refusal becomes one sentence and 1."""
    options = vars(_parser().parse_args(arguments))
    module, function = options.pop("runs").split(":")
    try:
        code = int(getattr(importlib.import_module(module), function)(**options))
        sys.stdout.flush()
    except (Refusal, ServiceError, SettingsError) as error:
        print(f"morsel: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left has no reader
        return UNREAD
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="morsel",
        description="A learning backend: lessons, progress and credentials for phones.",
        epilog="Start with `morsel up`; `morsel COMMAND --help` explains each command.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_up(commands)
    _add_token(commands)
    add_content_commands(commands)
    _add_org(commands)
    add_issue(commands)
    add_issuer(commands)
    _add_refold(commands)
    _add_erase(commands)
    add_import_learner(commands)
    add_verify(commands)
    _add_serve(commands)
    _add_indexes(commands)
    _add_schema(commands)
    return parser


def _add_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    up = commands.add_parser(
        "up",
        help="run everything in one process, for a laptop",
        description="Run the three services and the gateway in one process on one port, with an "
        "embedded MongoDB, a development sign-in and demo courses. Ctrl-C stops it; what was "
        "learned is kept in the data folder. For development, not for production.",
        epilog="Example: morsel up --port 9000 --data /tmp/morsel",
    )
    up.add_argument("--port", type=_port, default=DEFAULT_PORT, help="port (default: %(default)s)")
    up.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    up.add_argument(
        "--public-url",
        metavar="URL",
        help="the origin that phones see (default: http://localhost:PORT)",
    )
    up.add_argument(
        "--split",
        action="store_true",
        help="run four processes, as a cluster does, instead of one",
    )
    up.add_argument(
        "--driver",
        choices=("motor", "pymongo"),
        default="motor",
        help="library that speaks to MongoDB (default: %(default)s)",
    )
    add_data(up)
    add_mongo(up)
    up.set_defaults(runs="morsel.up:main")


def _add_token(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    token = commands.add_parser(
        "token",
        help="print a bearer token for a person",
        description="Print a bearer token of the development issuer of a data folder. The same "
        "subject is the same learner each time.",
        epilog="Example: morsel token --subject ann --role AUTHOR --org morsel-academy",
    )
    token.add_argument("--subject", required=True, metavar="NAME", help="who signs in")
    token.add_argument(
        "--role",
        dest="roles",
        action="append",
        type=Role,
        choices=list(Role),
        metavar="ROLE",
        help=f"may be given several times: {', '.join(Role)} (default: LEARNER)",
    )
    token.add_argument("--org", metavar="SLUG", help="the organisation of the person")
    token.add_argument("--name", help="the name that credentials are made out to")
    token.add_argument("--email", help="the person's e-mail address")
    token.add_argument(
        "--hours",
        type=float,
        default=DEFAULT_HOURS,
        help="how long it is good (default: %(default)g)",
    )
    add_data(token)
    token.set_defaults(runs="morsel.issuer:main")


def _add_refold(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    refold = commands.add_parser(
        "refold",
        help="make what is shown of learners again from their events",
        description="Make the state of learners again from the log of their events, as an upgrade "
        "does when they come back. It works while Morsel runs; phones hear of what turns out "
        "otherwise. Where MORSEL_CURSOR_KEY is set, all is taken from MORSEL_*.",
        epilog="Example: morsel refold --all",
    )
    whose = refold.add_mutually_exclusive_group(required=True)
    whose.add_argument("--learner", metavar="ID", help="the id of one learner")
    whose.add_argument("--all", dest="everybody", action="store_true", help="every learner")
    add_data(refold)
    add_mongo(refold)
    refold.set_defaults(runs="morsel.refold:main")


def _add_erase(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erase = commands.add_parser(
        "erase",
        help="erase learners for good, or list who was erased",
        description="Erase everything that is held of learners, as eraseMe does; credentials go "
        "as soon as that service runs. After a backup was restored, erase again who was erased "
        "since: keep the list before. Where MORSEL_CURSOR_KEY is set, all is taken from MORSEL_*.",
        epilog="Example: morsel erase --list > erased.txt",
    )
    erase.add_argument("learners", nargs="*", metavar="ID", help="ids of learners")
    erase.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="a file of ids, one a line"
    )
    erase.add_argument(
        "--list", dest="listed", action="store_true", help="print the ids of who was erased"
    )
    add_data(erase)
    add_mongo(erase)
    erase.set_defaults(runs="morsel.erasing:main")


def _add_org(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    org = commands.add_parser(
        "org",
        help="register an organisation that offers courses",
        description="Organisations write courses, and issue credentials under their own name.",
    )
    create = org.add_subparsers(title="commands", metavar="COMMAND", required=True).add_parser(
        "create",
        help="register one, with its issuer's key and DID",
        description="Register an organisation: the name that its credentials show, the key that "
        "signs them and the DID that they are verified by. Repeating it changes the name. It works "
        "while `morsel up` runs, too. Where MORSEL_SEALING_KEY is set, as in a pod of credentials, "
        "all is taken from MORSEL_* and none from a data folder.",
        epilog='Example: morsel org create acme --name "ACME Safety Training"',
    )
    create.add_argument("slug", metavar="SLUG", help="what tokens call it: a-z, 0-9 and hyphens")
    create.add_argument("--name", required=True, help="what people call it")
    create.add_argument(
        "--public-url",
        metavar="URL",
        help="the origin that its DID is made of (default: that of the first `morsel up`)",
    )
    add_data(create)
    add_mongo(create)
    create.set_defaults(runs="morsel.organisation:main")


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser(
        "serve",
        help="run one of the four processes, for a cluster",
        description="Run one process, told what it needs by MORSEL_* variables (or MORSEL_*_FILE, "
        "the path of a file). A missing or wrong one stops it with a sentence that says which. "
        "SIGTERM stops it gracefully: readiness flips first.",
    )
    serve.add_argument("service", choices=SERVICES, metavar="SERVICE", help=", ".join(SERVICES))
    serve.add_argument(
        "--one-origin",
        action="store_true",
        help="gateway: answer for the services' public paths too, where no ingress does",
    )
    serve.add_argument(
        "--dev-issuer",
        type=lambda text: Data(Path(text)),
        metavar="DIR",
        help="with --one-origin: be the development sign-in of this data folder; "
        "never in production",
    )
    serve.set_defaults(runs="morsel.serve:main")


def _add_indexes(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    indexes = commands.add_parser(
        "indexes",
        help="make the indexes of all services, and shard what is sharded",
        description="Make the indexes of all services that are not there yet, as they do at start: "
        "for a job before, over much data. May be repeated. In pods, MORSEL_MONGO_URI is heeded.",
    )
    told = "through a mongos, shard what is sharded; elsewhere say what that would be"
    indexes.add_argument("--shard", action="store_true", help=told)
    add_data(indexes)
    add_mongo(indexes)
    indexes.set_defaults(runs="morsel.indexes:main")


def _add_schema(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    schema = commands.add_parser(
        "schema",
        help="print the GraphQL schema and the registered operations into graphql/",
        description="Write what app developers code against, graphql/schema.graphql and "
        "graphql/documents.json, from the code.",
    )
    schema.add_argument(
        "--check", action="store_true", help="write nothing; fail when a file differs from the code"
    )
    schema.set_defaults(runs="morsel.schema:main")


def _port(text: str) -> int:
    """Return a port number; ArgumentTypeError when it is out of range."""
    port = int(text)
    if not 0 < port <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to {MAX_PORT}")
    return port
