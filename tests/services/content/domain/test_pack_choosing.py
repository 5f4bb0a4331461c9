"""Which lessons fit a budget: never over it, never fewer for more bytes, shared files once."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from services.content.contract import OfflinePack, PackFileKind
from services.content.domain.pack.choosing import bytes_to_fetch, choose_pack, pack_hash
from services.content.domain.pack.manifest import (
    FileFacts,
    ImageRendition,
    LessonFiles,
    Manifest,
    fitting,
)

WIDTHS = (360, 720, 1080)
PICTURES = tuple(
    tuple(
        ImageRendition(width=width, hash=f"p{name}-{width}", bytes=width * (name + 1))
        for width in WIDTHS
    )
    for name in range(3)
)


def manifest(lessons: list[tuple[int, list[int]]]) -> Manifest:
    """Return the manifest of lessons of (bytes, pictures), in English and German."""
    files = {"i-en": (PackFileKind.INDEX, 100), "i-de": (PackFileKind.INDEX, 110)}
    files |= {each.hash: (PackFileKind.IMAGE, each.bytes) for some in PICTURES for each in some}
    for index, (size, _) in enumerate(lessons):
        files |= {f"l{index}-en": (PackFileKind.LESSON, size)}
        files |= {f"l{index}-de": (PackFileKind.LESSON, size + 1)}
    return Manifest(
        version_hash="ab" * 32,
        language="en",
        files={key: FileFacts(kind=kind, bytes=size) for key, (kind, size) in files.items()},
        indexes={"en": "i-en", "de": "i-de"},
        lessons=tuple(
            LessonFiles(
                id=f"l{index}",
                texts={"en": f"l{index}-en", "de": f"l{index}-de"},
                pictures=tuple(PICTURES[name] for name in pictures),
            )
            for index, (_, pictures) in enumerate(lessons)
        ),
    )


def choose(
    found: Manifest,
    budget: int | None,
    *,
    first: list[str] | None = None,
    width: int = 720,
    chain: tuple[str, ...] | None = ("en",),
) -> OfflinePack:
    return choose_pack(found, image_width=width, max_bytes=budget, chain=chain, first=first or [])


some_lessons = st.lists(
    st.tuples(st.integers(1, 3000), st.lists(st.integers(0, 2), max_size=3)), min_size=1, max_size=8
)
orders = st.lists(st.integers(0, 9).map(lambda number: f"l{number}"), max_size=12)


@given(some_lessons, orders, st.integers(0, 30_000), st.integers(0, 30_000))
def test_a_pack_is_never_over_budget_and_a_larger_budget_never_loses_a_lesson(
    lessons: list[tuple[int, list[int]]], first: list[str], one: int, two: int
) -> None:
    """A phone would run out of room, or lose a lesson by being given more of it."""
    found = manifest(lessons)
    less, more = sorted((one, two))
    small, large = choose(found, less, first=first), choose(found, more, first=first)
    everything = choose(found, None, first=first)
    assert small.bytes <= less
    assert large.bytes <= more
    assert large.lesson_ids[: len(small.lesson_ids)] == small.lesson_ids
    for pack in (small, large):
        assert (*pack.lesson_ids, *pack.left) == everything.lesson_ids
        assert pack == choose(found, less if pack is small else more, first=first)
    assert everything.left == ()
    assert choose(found, everything.bytes, first=first) == everything


@given(some_lessons, orders, st.integers(0, 30_000))
def test_a_lesson_is_whole_or_left_and_a_shared_file_counts_once(
    lessons: list[tuple[int, list[int]]], first: list[str], budget: int
) -> None:
    """A lesson without its pictures is useless without network; paid twice is paid too much."""
    found = manifest(lessons)
    pack = choose(found, budget, first=first)
    by_id = {lesson.id: lesson for lesson in found.lessons}
    needed = {each for id_ in pack.lesson_ids for each in by_id[id_].hashes(("en",), 720)}
    expected = needed | ({"i-en"} if pack.lesson_ids else set())
    hashes = [file.hash for file in pack.files]
    assert len(hashes) == len(set(hashes))
    assert set(hashes) == expected
    assert pack.bytes == sum(found.files[each].bytes for each in expected)
    for file in pack.files:
        users = [
            id_
            for id_ in pack.lesson_ids
            if file.kind is PackFileKind.INDEX or file.hash in by_id[id_].hashes(("en",), 720)
        ]
        assert list(file.lesson_ids) == users
    if pack.left:  # the next one would not have fitted
        rest = set(by_id[pack.left[0]].hashes(("en",), 720)) | {"i-en"}
        assert sum(found.files[each].bytes for each in expected | rest) > budget


def test_the_most_useful_lessons_come_first() -> None:
    """Somebody in the middle of a course would get its beginning again."""
    found = manifest([(1000, []), (1000, []), (1000, [])])
    pack = choose(found, 2200, first=["l1", "gone", "l2", "l1"])
    assert (pack.lesson_ids, pack.left) == (("l1", "l2"), ("l0",))
    assert choose(found, 2200).lesson_ids == ("l0", "l1")


def test_too_small_a_budget_gives_nothing_and_names_it_all() -> None:
    """An index alone would be paid for and teach nothing."""
    pack = choose(manifest([(1000, [])]), 1099)
    nothing = hashlib.sha256(b"").hexdigest()
    assert pack == OfflinePack(hash=nothing, bytes=0, left=("l0",))
    assert choose(manifest([(1000, [])]), 1100).lesson_ids == ("l0",)


def test_languages_fall_back_and_none_is_all() -> None:
    """A phone set to de-AT gets German, one set to French the course's own language."""
    found = manifest([(10, [])])

    def hashes(*chain: str) -> list[str]:
        return [file.hash for file in choose(found, None, chain=chain).files]

    assert hashes("de-AT", "de") == ["i-de", "l0-de"]
    assert hashes("fr") == ["i-en", "l0-en"]
    everything = choose(found, None, chain=None).files
    assert [file.hash for file in everything] == ["i-en", "i-de", "l0-en", "l0-de"]


def test_a_picture_comes_in_the_narrowest_width_that_is_wide_enough() -> None:
    """A phone would scale up, or pay for pixels that it does not have."""
    (picture, *_) = PICTURES
    wanted = {1: 360, 360: 360, 361: 720, 1080: 1080, 4000: 1080}
    assert {width: int(fitting(picture, width)[3:]) for width in wanted} == wanted


def test_the_hash_of_a_pack_knows_no_order() -> None:
    """A phone asks it whether anything changed, and an order is no change."""
    assert pack_hash(["b", "a"]) == pack_hash(["a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()
    assert pack_hash(["a"]) != pack_hash(["b"])


def test_a_second_version_costs_what_it_adds() -> None:
    """Authors are told what a publish makes phones fetch, of several languages the most."""
    before, after = manifest([(1000, [0]), (50, [])]), manifest([(1000, [0]), (50, [1]), (7, [])])
    assert bytes_to_fetch(before, before, image_width=720) == 0
    assert bytes_to_fetch(before, after, image_width=720) == 2 * 720 + 8
    assert bytes_to_fetch(None, before, image_width=360) == 110 + 1001 + 51 + 360
