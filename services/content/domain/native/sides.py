"""One thing in all its languages: the source and the translations that stand beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

from services.content.domain.course import Texts
from services.content.domain.native.report import Report

T = TypeVar("T")
U = TypeVar("U")
Files: TypeAlias = Mapping[str, str]
"""Locale to the name of the file in which that language stands."""


class Sides(Generic[T]):
    """The same thing by locale; what is read from it is checked to agree where it must."""

    def __init__(self, language: str, by_locale: Mapping[str, T], files: Files) -> None:
        """Keep the sides; `language` is the source's."""
        self.language = language
        self.by_locale = by_locale
        self.files = files

    @property
    def source(self) -> T:
        """The side in the course's own language."""
        return self.by_locale[self.language]

    @property
    def file(self) -> str:
        """The file of the source."""
        return self.files[self.language]

    def map(self, get: Callable[[T], U]) -> "Sides[U]":
        """Return what `get` gives for each side."""
        mapped = {locale: get(side) for locale, side in self.by_locale.items()}
        return Sides(self.language, mapped, self.files)

    def texts(self, get: Callable[[T], str]) -> Texts:
        """Return a text of each side that has one."""
        found = {locale: get(side) for locale, side in self.by_locale.items()}
        return {locale: text for locale, text in found.items() if text}

    def agree(
        self, get: Callable[[T], object], what: str, report: Report, *, line: Callable[[T], int]
    ) -> None:
        """Report each translation in which something differs that must not."""
        expected = get(self.source)
        for locale, side in self.by_locale.items():
            if get(side) != expected:
                message = f"{what} differs from {self.file}, line {line(self.source)}"
                report.add(self.files[locale], line(side), message)

    def zip(
        self,
        get: Callable[[T], Sequence[U]],
        what: str,
        report: Report,
        *,
        line: Callable[[T], int],
    ) -> list["Sides[U]"]:
        """Return the items of all sides by position; a side with more or fewer is left out."""
        lists = {locale: get(side) for locale, side in self.by_locale.items()}
        count = len(lists[self.language])
        for locale, items in lists.items():
            if len(items) != count:
                message = f"{len(items)} {what} here, {count} in {self.file}"
                report.add(self.files[locale], line(self.by_locale[locale]), message)
        even = {locale: items for locale, items in lists.items() if len(items) == count}
        return [
            Sides(self.language, {tag: items[index] for tag, items in even.items()}, self.files)
            for index in range(count)
        ]
