"""The list that checks write to, and the checks that every part of a document shares."""

from collections import Counter
from collections.abc import Iterable

from services.content.domain.keys import KEY, KEY_RULE
from services.content.domain.problem import Problem

MAX_PROBLEMS = 200
Path = tuple[str, ...]


class Findings:
    """Gathers problems with their JSON paths."""

    def __init__(self) -> None:
        """Begin with none."""
        self.problems: list[Problem] = []

    def add(self, path: Path, message: str) -> None:
        """Keep a problem."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(message=message, path=path))

    def check(self, passes: object, path: Path, message: str) -> None:
        """Keep a problem unless a check passes."""
        if not passes:
            self.add(path, message)

    def keys(self, keys: Iterable[str], path: Path, what: str) -> None:
        """Check that keys are well formed, and each is there once."""
        for key, count in Counter(keys).items():
            self.check(
                KEY.fullmatch(key), path, f"The key {key[:60]!r} of {what} is not {KEY_RULE}."
            )
            self.check(
                count == 1,
                path,
                f"The key {key[:60]!r} is used by {count} {what}s; keys are unique.",
            )
