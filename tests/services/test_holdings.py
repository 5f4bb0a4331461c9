"""What holds personal data is written down, collection by collection: erasure goes by the table."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.credentials.repository.personal import HOLDINGS as CREDENTIALS
from services.progress.repository.personal import HOLDINGS as PROGRESS
from tests.test_house_rules import ROOT

HOLDINGS = {"credentials": CREDENTIALS, "progress": PROGRESS}
OPENERS = {"truth", "projection", "files"}


def opened(folder: Path) -> Iterator[str]:
    """Yield the names of collections and buckets that the code under a folder opens."""
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in OPENERS
                and len(node.args) == 1
            ):
                (given,) = node.args
                if isinstance(given, ast.Constant):
                    yield str(given.value)
                elif isinstance(given, ast.Name) and given.id in names:
                    yield str(names[given.id])


@pytest.mark.parametrize("service", sorted(HOLDINGS))
def test_every_collection_says_what_it_holds_of_learners(service: str) -> None:
    """A collection that nobody listed would keep what a learner had erased."""
    found = set(opened(ROOT / "services" / service))

    assert sorted(found - HOLDINGS[service].keys()) == [], "list these in repository/personal.py"
    assert sorted(HOLDINGS[service].keys() - found) == [], "no code opens these"
