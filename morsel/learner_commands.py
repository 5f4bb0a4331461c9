"""The options of `morsel import-learner`."""

import argparse
from pathlib import Path

from morsel.options import add_data, add_mongo


def add_import_learner(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that brings a learner's export in."""
    command = commands.add_parser(
        "import-learner",
        help="bring what a learner exported into a learner's log here",
        description="Append the events of an export, of this or another Morsel, to a learner's "
        "log. What is there already stays, so it may be repeated. Answers are marked here and "
        "anew; credentials are not taken over. Make sure that the export is that learner's own. "
        "Where MORSEL_CURSOR_KEY is set, all is taken from MORSEL_*.",
        epilog="Example: morsel import-learner ann.zip --subject ann",
    )
    command.add_argument("path", type=Path, metavar="FILE", help="the zip that exportMyData gave")
    whose = command.add_mutually_exclusive_group(required=True)
    whose.add_argument("--learner", metavar="ID", help="the id of the learner, as Viewer.id")
    whose.add_argument(
        "--subject", metavar="NAME", help="who signs in, at the data folder's own issuer"
    )
    add_data(command)
    add_mongo(command)
    command.set_defaults(runs="morsel.learner_import:main")
