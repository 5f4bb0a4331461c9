"""The list of what is wrong in a course folder, each with its file and line."""

from services.content.domain.problem import Problem

MAX_PROBLEMS = 200
"""An author mends the first ones; more would only be the same mistake again."""


class Report:
    """Gathers problems while a folder is read, so that an author sees all of them at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._problems: list[Problem] = []

    def add(self, file: str, line: int, message: str, *, item: str | None = None) -> None:
        """Keep a problem; the message says what is allowed, `item` names one of several there."""
        if len(self._problems) < MAX_PROBLEMS:
            path = (file, str(line)) if item is None else (file, str(line), item)
            where = f"{file}, line {line}: "
            self._problems.append(Problem(message=where + message, path=path))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems so far, by file and line."""
        return tuple(sorted(self._problems, key=lambda each: (each.path[0], int(each.path[1]))))
