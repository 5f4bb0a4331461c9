"""The database of content.

courses   {_id, slug, organisation, secret, revision, content, updated_at, published?,
           published_count, outbox}
          published {hash, at, card, title, minutes, level, tags, ..., terms}: the pointer, and
           what lists need
versions  {_id: hash, prefix, course_id, number, published_at, notes, canonical, public, kept?}
media     {_id: hash, width, height, widths, file} and {_id: "hash/width.format", ..., data}
files     GridFS: {_id: file}, originals
skills    {_id, record}

`content` and `canonical` are JSON, `card`, `public` and `record` msgpack of contract records.
"""

from services.content.repository.catalog import Catalogue
from services.content.repository.courses import Courses
from services.content.repository.media import Media
from services.content.repository.versions import Versions

__all__ = ["Catalogue", "Courses", "Media", "Versions"]
