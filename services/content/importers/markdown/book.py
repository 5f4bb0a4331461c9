"""A package of plain Markdown as a course: a page is a module, cut into lessons."""

import textwrap
from collections.abc import Mapping, Sequence

from services.content.contract import ImportLoss
from services.content.domain.course import Course, Module, TextBlock
from services.content.domain.keys import Keys
from services.content.domain.keys import slug as make_slug
from services.content.domain.texts import LOCALE
from services.content.importers.markdown.blocks import BlockReader
from services.content.importers.markdown.divs import read_divs
from services.content.importers.markdown.lessons import cut_lessons, stem_of
from services.content.importers.markdown.losses import Losses
from services.content.importers.markdown.page import Page, plain, read_page
from services.content.importers.markdown.pictures import Pictures
from services.content.importers.markdown.plan import Plan, plan_book, tell_unused
from services.content.importers.markdown.scan import PageNotes
from services.kit.records import Record

MAX_SUMMARY = 300
MAX_BOOK = 2 * 1024 * 1024
"""Bytes of all pages."""
MAX_BLOCKS = 10_000
"""Of all pages: 500 lessons of 20."""


class Book(Record):
    """What a package holds: the course, unless nothing in it can be read."""

    course: Course | None = None
    pictures: Mapping[str, str] = {}
    """SHA-256 in hex of each picture that the course shows, to its file."""
    losses: tuple[ImportLoss, ...] = ()


def read_book(
    files: Mapping[str, bytes],
    *,
    slug: str | None = None,
    unreadable: Mapping[str, str] | None = None,
) -> Book:
    """Return the course of a package by path to content.

    `unreadable` names files that look like pictures and are none, with why.
    """
    losses = Losses()
    plan = plan_book(files, losses)
    pages = _read_pages(files, plan, losses)
    told = {**(pages[0].told if pages else {}), **plan.told}
    language = _language(told, plan, losses)
    pictures = Pictures(files, losses, unreadable=unreadable or {}, language=language)
    modules = _modules(pages, pictures, losses, language=language, title=told.get("title"))
    tell_unused(files, plan, set(pictures.shown.values()), losses)
    if not modules:
        return Book(losses=losses.all)
    title = told.get("title") or modules[0].title[language]
    course = Course(
        slug=slug or told.get("slug") or make_slug(title),
        language=language,
        title={language: title},
        summary={language: _summary(told, modules[0], language) or title},
        modules=modules,
    )
    return Book(course=course, pictures=pictures.shown, losses=losses.all)


def _read_pages(files: Mapping[str, bytes], plan: Plan, losses: Losses) -> list[Page]:
    pages, left = [], MAX_BOOK
    for file in plan.pages:
        left -= len(files[file])
        if left < 0:
            losses.skipped(file, 0, f"a book has at most {MAX_BOOK >> 20} MiB of text")
        elif (page := read_page(file, files[file], losses)) is not None:
            pages.append(page)
    return pages


def _language(told: Mapping[str, str], plan: Plan, losses: Losses) -> str:
    language = told.get("lang") or told.get("language") or "en"
    if LOCALE.fullmatch(language):
        return language
    where = plan.config or plan.pages[0]
    losses.changed(where, 1, f"`{language[:60]}` is no language tag: taken to be en")
    return "en"


def _modules(
    pages: Sequence[Page],
    pictures: Pictures,
    losses: Losses,
    *,
    language: str,
    title: str | None,
) -> tuple[Module, ...]:
    """Return a module for each page that holds anything; a page without title has the book's."""
    module_keys, lesson_keys = Keys(), Keys()
    modules: list[Module] = []
    left = MAX_BLOCKS
    for page in pages:
        notes = PageNotes(page.file, page.references, losses)
        nodes = read_divs(page.lines, first=page.first, file=page.file, losses=losses)
        placed = BlockReader(notes, pictures, language=language).read(nodes, most=left)
        left -= len(placed)
        if not placed:
            if left:
                losses.skipped(page.file, 0, "nothing to read stands in it")
            continue
        name = page.title or title or stem_of(page.file)
        stable = stem_of(page.file) if len(pages) > 1 else name
        lessons = cut_lessons(placed, stem=stable, title=name, language=language, keys=lesson_keys)
        key = module_keys.make(stable)
        modules.append(Module(key=key, title={language: name}, lessons=lessons))
    return tuple(modules)


def _summary(told: Mapping[str, str], module: Module, language: str) -> str:
    """Return what the book says of itself, or the beginning of its first prose."""
    given = told.get("description") or told.get("summary")
    if given:
        return given
    for block in module.lessons[0].blocks:
        if isinstance(block, TextBlock):
            for paragraph in block.markdown[language].split("\n\n"):
                if not paragraph.startswith(("#", ">", "|", "-", "*", "`")):
                    return textwrap.shorten(plain(paragraph), MAX_SUMMARY, placeholder=" …")
    return ""
