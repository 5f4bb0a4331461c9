"""Options that several commands have."""

import argparse
from pathlib import Path

from morsel.data import Data, default_folder


def add_data(command: argparse.ArgumentParser) -> None:
    """Let a command be told which data folder it works on."""
    command.add_argument(
        "--data",
        type=lambda text: Data(Path(text)),
        default=Data(default_folder()),
        metavar="DIR",
        help="data folder (default: MORSEL_DATA, else .data beside the working directory)",
    )


def add_mongo(command: argparse.ArgumentParser) -> None:
    """Let a command be told which MongoDB it works on."""
    command.add_argument(
        "--mongo", metavar="URI", help="use this MongoDB (a replica set) instead of an embedded one"
    )
