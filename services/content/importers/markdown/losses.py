"""The list of what could not be brought in whole, each with its file and line."""

from services.content.contract import ImportLoss, LossSeverity

MAX_LOSSES = 2_000
"""Beyond these, only their number is told."""


class Losses:
    """Gathers losses while a book is read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._losses: list[tuple[str, int, ImportLoss]] = []
        self._more = 0

    def changed(self, file: str, line: int, reason: str) -> None:
        """Tell of what came in another form."""
        self._add(file, line, LossSeverity.CHANGED, reason)

    def read_only(self, file: str, line: int, reason: str) -> None:
        """Tell of what can be read, and no longer does what it did."""
        self._add(file, line, LossSeverity.READ_ONLY, reason)

    def skipped(self, file: str, line: int, reason: str) -> None:
        """Tell of what was left out; line 0 stands for the whole file."""
        self._add(file, line, LossSeverity.SKIPPED, reason)

    @property
    def all(self) -> tuple[ImportLoss, ...]:
        """Return every loss by file and line, and how many more there were."""
        told = [loss for *_, loss in sorted(self._losses, key=lambda each: each[:2])]
        if self._more:
            reason = f"{self._more} more of the same kinds"
            told.append(ImportLoss(path="", severity=LossSeverity.CHANGED, reason=reason))
        return tuple(told)

    def _add(self, file: str, line: int, severity: LossSeverity, reason: str) -> None:
        if len(self._losses) == MAX_LOSSES:
            self._more += 1
            return
        path = f"{file}:{line}" if line else file
        self._losses.append((file, line, ImportLoss(path=path, severity=severity, reason=reason)))
