"""The versions of a course, newest first."""

from services.content.use_cases.cursors import check_page, read_cursor, write_cursor
from services.content.use_cases.ports import VersionStore
from services.kit.ids import version_id
from services.kit.records import Page, PageArgs

_ORDER = "VERSIONS"


class History:
    """Pages of versions, published now or before."""

    def __init__(self, versions: VersionStore) -> None:
        """Keep the store."""
        self._versions = versions

    async def page(self, course_id: str, page: PageArgs) -> Page[str]:
        """Return a page of the ids of a course's versions."""
        check_page(page)
        below = None if page.after is None else read_cursor(page.after, _ORDER, kinds=(int,))[0]
        found, total = await self._versions.version_page(
            course_id, below=below, limit=page.first + 1
        )
        shown = found[: page.first]
        return Page(
            nodes=tuple(version_id(hash_) for _, hash_ in shown),
            cursors=tuple(write_cursor(_ORDER, (number,)) for number, _ in shown),
            has_next=len(found) > len(shown),
            has_previous=page.after is not None,
            total=total,
        )
