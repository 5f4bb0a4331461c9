"""Which lessons of a version fit a budget, and what a second version makes a phone fetch."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

from services.content.contract import PACKS_PATH, OfflinePack, PackFile
from services.content.domain.pack.manifest import LessonFiles, Manifest


def how_many(
    lessons: Sequence[Collection[str]],
    sizes: Mapping[str, int],
    *,
    base: Collection[str],
    budget: int,
) -> int:
    """Return how many lessons fit, from the first on, with the files of `base` beside them.

    A file that lessons share counts once. Nothing after the first that does not fit is taken, so a
    larger budget never loses a lesson.
    """
    held = set(base)
    total = sum(sizes[each] for each in held)
    for count, hashes in enumerate(lessons):
        fresh = set(hashes) - held
        total += sum(sizes[each] for each in fresh)
        held |= fresh
        if total > budget:
            return count
    return len(lessons)


def ranked(lessons: Sequence[LessonFiles], first: Sequence[str]) -> list[LessonFiles]:
    """Return lessons, those of the ids in `first` before the rest; unknown ids are passed over."""
    by_id = {lesson.id: lesson for lesson in lessons}
    return [by_id[id_] for id_ in dict.fromkeys((*first, *by_id)) if id_ in by_id]


def choose_pack(
    manifest: Manifest,
    *,
    image_width: int,
    max_bytes: int | None,
    chain: tuple[str, ...] | None,
    first: Sequence[str] = (),
) -> OfflinePack:
    """Return the pack of a version within a budget; `chain` is a language with its fallbacks."""
    locales = manifest.locales(chain)
    lessons = ranked(manifest.lessons, first)
    needs = [lesson.hashes(locales, image_width) for lesson in lessons]
    base = manifest.index_files(locales)
    count = len(lessons)
    if max_bytes is not None:
        sizes = {key: facts.bytes for key, facts in manifest.files.items()}
        count = how_many(needs, sizes, base=base, budget=max_bytes)
    users: dict[str, list[str]] = {}
    for lesson, hashes in zip(lessons[:count], needs[:count], strict=True):
        for each in (*base, *hashes):
            users.setdefault(each, []).append(lesson.id)
    return OfflinePack(
        hash=pack_hash(users),
        bytes=sum(manifest.files[each].bytes for each in users),
        files=tuple(_file(manifest, each, lesson_ids) for each, lesson_ids in users.items()),
        lesson_ids=tuple(lesson.id for lesson in lessons[:count]),
        left=tuple(lesson.id for lesson in lessons[count:]),
    )


def pack_hash(hashes: Collection[str]) -> str:
    """Return the SHA-256 in hex of the hashes, sorted, one a line: the same in whatever order."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def files_to_fetch(
    before: Manifest | None, after: Manifest, *, locale: str, image_width: int
) -> frozenset[str]:
    """Return the hashes that a phone with all of `before` lacks of `after`, in one language."""
    had = frozenset[str]() if before is None else _whole(before, locale, image_width)
    return _whole(after, locale, image_width) - had


def bytes_to_fetch(before: Manifest | None, after: Manifest, *, image_width: int) -> int:
    """Return the bytes that `after` adds to `before`; of several languages the most."""
    return max(
        sum(
            after.files[each].bytes
            for each in files_to_fetch(before, after, locale=locale, image_width=image_width)
        )
        for locale in after.indexes
    )


def _whole(manifest: Manifest, locale: str, image_width: int) -> frozenset[str]:
    locales = manifest.locales((locale,))
    needs = (lesson.hashes(locales, image_width) for lesson in manifest.lessons)
    return frozenset(manifest.index_files(locales)).union(*needs)


def _file(manifest: Manifest, digest: str, lesson_ids: Sequence[str]) -> PackFile:
    facts = manifest.files[digest]
    return PackFile(
        hash=digest,
        bytes=facts.bytes,
        compressed_bytes=manifest.compressed.get(digest, facts.bytes),
        media_type=facts.media_type,
        url=f"{PACKS_PATH}{digest}",
        kind=facts.kind,
        locales=facts.locales,
        lesson_ids=tuple(lesson_ids),
    )
