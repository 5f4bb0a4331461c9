"""Vectors of ts-fsrs over random histories: our kernel equals them, to the last digit."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.progress.domain import fsrs

VECTORS = Path(__file__).parents[3] / "shared" / "samples" / "fsrs-vectors"
FILES = sorted(VECTORS.glob("state_days*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_row_is_equal_to_the_last_digit(file: Path) -> None:
    """A phone and the server would show different days for the same card."""
    histories: list[list[dict[str, Any]]] = json.loads(file.read_text())["histories"]
    for history in histories:
        memory = fsrs.first(history[0]["grade"])
        assert tuple(memory) == shown(history[0])
        for row in history[1:]:
            memory = fsrs.review(memory, row["elapsed_days"], row["grade"])
            assert tuple(memory) == shown(row)


def test_there_are_vectors() -> None:
    """Nothing would be compared, and nobody would notice."""
    assert sum(map(len, json.loads(FILES[0].read_text())["histories"])) == 1862


def shown(row: dict[str, Any]) -> tuple[float, float, int]:
    return (row["stability"], row["difficulty"], row["interval_days"])
