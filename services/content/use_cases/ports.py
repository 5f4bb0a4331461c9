"""What the use-cases keep, and the stores they keep it in."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.content.domain.files import StoredFile
from services.content.domain.pictures import Rendition, StoredPicture
from services.kit.records import Json, OutboxEntry, Record


class Remarks(Record):
    """What an author says of a publication."""

    notes: str | None = None
    reworded: tuple[str, ...] = ()
    """Questions, `lesson key/question key`, of which only the words changed."""


class StoredSchedule(Record):
    """A publication at a later time, as stored."""

    at: datetime
    revision: int
    remarks: Remarks = Remarks()
    failure: str | None = None
    lease: str | None = None
    """Token of who carries it out, while somebody does."""


class StoredCourse(Record):
    """A course as stored: its draft, and where its published pointer stands."""

    id: str
    slug: str
    organisation: str
    secret: bytes
    """32 bytes from which the salts of its versions follow; never leaves the service."""
    revision: int
    content: bytes
    """The draft: the course document in JSON."""
    updated_at: datetime
    marks: Mapping[str, str] = {}
    """Which translations of the draft are stale: as `domain.staleness` has it."""
    published_hash: str | None = None
    published_count: int = 0
    """How often the published pointer has moved."""
    card: bytes | None = None
    """The published `contract.Course` in msgpack."""
    scheduled: StoredSchedule | None = None


class StoredVersion(Record):
    """A published version as stored, for ever."""

    hash: str
    course_id: str
    number: int
    published_at: datetime
    notes: str | None
    canonical: bytes
    public: bytes
    """The `contract.CourseVersion` in msgpack."""
    kept: Mapping[str, str] = {}
    """Key hashes that questions keep by the author's word, by `lesson key/question key`."""


class Published(Record):
    """What the published pointer of a course holds."""

    hash: str
    at: datetime
    card: bytes


class Pointer(Record):
    """Where the published pointer of a course stands, and how often it has moved."""

    published: Published | None
    moves: int


class CatalogEntry(Record):
    """A published course as the catalogue keeps it."""

    course_id: str
    moves: int
    """Of the pointer: an entry never takes the place of a later one."""
    at: datetime
    card: bytes
    title: str
    """Folded, for ordering."""
    minutes: int
    terms: tuple[str, ...]
    keys: tuple[str, ...]
    """The terms that an index finds, and the values of facets."""


class PointerMove(Record):
    """A move of a course's published pointer, and what must still be true for it to happen."""

    published: Published | None
    """None: the course is archived."""
    entry: OutboxEntry
    to: tuple[str, ...]
    """Who hears of it."""
    revision: int | None = None
    """The draft is still at this revision."""
    lease: str | None = None
    """The scheduled publication is still held by this token."""
    keeps_schedule: bool = False


class StoredMove(Record):
    """That a pointer moved: how often by then, and when by the server's clock."""

    course_id: str
    n: int
    at: datetime


class Sought(Record):
    """What to look for in a searched collection, in which order, and where to go on."""

    terms: tuple[str, ...] = ()
    """All are needed."""
    facets: tuple[tuple[str, ...], ...] = ()
    """Of each, any key is needed."""
    most: int | None = None
    """The bound of the collection's number, such as minutes."""
    by_rank: bool = False
    """Best match first, then by the order."""
    order: str
    after: tuple[Json, ...] | None = None
    """A place: its rank, then the values of the order's fields."""
    limit: int


class CatalogHit(Record):
    """A course found, and its place in the order."""

    card: bytes
    place: tuple[Json, ...]


class CourseStore(Protocol):
    """Courses, drafts and published pointers."""

    async def add_course(self, course: StoredCourse) -> bool:
        """Store a new course; False when its slug is taken."""

    async def courses(self, ids: Collection[str]) -> Mapping[str, StoredCourse]:
        """Return courses by id."""

    async def course_by_slug(self, slug: str) -> StoredCourse | None:
        """Return the course of a slug."""

    async def organisation_page(
        self, organisation: str | None, *, after: str | None, limit: int
    ) -> tuple[list[StoredCourse], int]:
        """Return courses of an organisation (None: of all) after an id, and how many there are."""

    async def replace_draft(
        self,
        course_id: str,
        *,
        base_revision: int,
        content: bytes,
        marks: Mapping[str, str],
        at: datetime,
    ) -> StoredCourse | None:
        """Put a draft in place of a revision; None when the draft is another by now."""

    async def published_hashes(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return the hashes of published versions by course id."""

    async def move_pointer(self, course: StoredCourse, move: PointerMove) -> StoredCourse | None:
        """Move the pointer with its outbox entry at once.

        None when the pointer is no longer where `course` says, or the move's conditions fail.
        """

    async def pointer(self, course_id: str) -> Pointer:
        """Return where a course's pointer stands."""

    async def uncatalogued(self) -> list[str]:
        """Return courses whose pointer moved, and the catalogue does not say so yet."""

    async def set_catalogued(self, course_id: str, *, moves: int) -> bool:
        """Note that the catalogue is up to a move of the pointer; False when it moved again."""


class ScheduleStore(Protocol):
    """Publications at a later time, one a course at most."""

    async def schedule(
        self, course_id: str, schedule: StoredSchedule, content: bytes
    ) -> StoredCourse | None:
        """Keep a publication of a revision; None when the draft is another by now."""

    async def unschedule(self, course_id: str) -> StoredCourse | None:
        """Forget a publication; None when there is no such course."""

    async def take_due(self, token: str) -> tuple[StoredCourse, bytes] | None:
        """Lease a publication whose time has come by the server's clock, with its content."""

    async def give_up(self, course_id: str, token: str, *, reason: str) -> None:
        """Keep why a leased publication cannot be; nobody leases it again."""


class MoveStore(Protocol):
    """Moves of pointers by time, the last of each course."""

    async def last_move(self) -> StoredMove | None:
        """Return the last of all."""

    async def moves(self, since: datetime, *, limit: int) -> list[StoredMove]:
        """Return those at a time or after it, the earliest first."""


class CatalogStore(Protocol):
    """Reads of what is published."""

    async def published_cards(self, ids: Collection[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by course id."""

    async def published_cards_by_slug(self, slugs: Collection[str]) -> Mapping[str, bytes]:
        """Return the cards of published courses by slug."""

    async def catalog(self, sought: Sought) -> tuple[list[CatalogHit], int]:
        """Return a slice of the catalogue and how many courses match."""

    async def put_entry(self, entry: CatalogEntry) -> None:
        """Store an entry in place of an earlier one of the course."""

    async def remove_entry(self, course_id: str, *, moves: int) -> None:
        """Remove the entry of a course, unless it is of a later move."""


class VersionStore(Protocol):
    """Versions, which never change."""

    async def next_number(self, course_id: str) -> int:
        """Return the number that the next version of a course would have."""

    async def numbered(self, course_id: str, number: int) -> StoredVersion | None:
        """Return a course's version by number."""

    async def version_page(
        self, course_id: str, *, below: int | None, limit: int
    ) -> tuple[list[tuple[int, str]], int]:
        """Return numbers and hashes of versions below a number, newest first, and how many are."""

    async def add_version(self, version: StoredVersion) -> bool:
        """Store a version; False when its hash or its number is taken."""

    async def versions(self, hashes: Collection[str]) -> Mapping[str, StoredVersion]:
        """Return versions by hash."""

    async def hashes_of(self, course_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the hashes of all versions by course id, oldest first."""

    async def hashes(self, prefixes: Collection[str]) -> Mapping[str, str]:
        """Return hashes of versions by their first 32 digits."""


class MediaStore(Protocol):
    """Pictures by the SHA-256 in hex of their originals."""

    async def media(self, hashes: Collection[str]) -> Mapping[str, StoredPicture]:
        """Return what is known of stored pictures."""

    async def add_media(
        self, info: StoredPicture, renditions: Sequence[Rendition], *, original: bytes
    ) -> None:
        """Store a picture; nothing happens when it is there."""

    async def rendition(self, media_hash: str, *, width: int, media_format: str) -> bytes | None:
        """Return one rendition's bytes."""

    async def original(self, media_hash: str) -> bytes | None:
        """Return a picture as it was brought in; for authors alone, it may hold private data."""

    async def files(self, hashes: Collection[str]) -> Mapping[str, StoredFile]:
        """Return what is known of stored files that are served as they are."""

    async def add_file(self, stored: StoredFile) -> None:
        """Make a file known whose bytes are there; nothing happens when it is known."""

    async def keep(self, hashes: Collection[str]) -> None:
        """Keep for good what is used: it is never swept again."""

    async def is_kept(self, media_hash: str) -> bool:
        """Return whether something is used."""

    async def remove(self, media_hash: str) -> None:
        """Remove all there is of a picture or file, unless it is kept."""
