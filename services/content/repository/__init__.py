"""The database of content.

courses   {_id, slug, organisation, secret, revision, content, updated_at, published?,
           published_count, catalogued?, moved_at?, scheduled?, outbox}
          published {hash, at, card}: the pointer; moved_at: when it last moved, by the server's
          clock; catalogued: the form of the catalogue that is up to it, until it moves or is gone
          scheduled {at, revision, remarks, content, failure, lease}: what to publish later
catalogue {_id: course id, moves, fresh, title, minutes, signature, keys, card}: follows the pointer
versions  {_id: hash, prefix, course_id, number, published_at, notes, canonical, public, kept?}
media     {_id: hash, file, kept?, going?} and for pictures {width, height, widths}, for what is
          played {media_types, bytes, served}; {_id: "hash/width.format", ..., data}
files     GridFS: {_id: file}, {_id: served}, and {_id: file} of uploads that are packages
uploads   {_id, organisation, media_type, bytes, hash, asked_at, kept, stored?, file?, attempts?}
packs     {_id: hash of the version, body}
pack_files {_id: hash, media_type, compressed_bytes} and {_id: "hash/identity|br|gzip", data};
          {_id: hash, media_type, picture, width} and {_id: "picture/hash", renditions}
skills, job_roles {_id, framework?, scope?, run?, also?, name, record, signature, keys}
role_skills {_id: "role skill", role, skill, essential, framework, scope, run}
pathways  {_id, slug, revision, record, outbox}

`content` and `canonical` are JSON, `card`, `public` and `record` msgpack of contract records,
`body` of a manifest.
"""

from services.content.repository.catalog import Catalogue
from services.content.repository.courses import Courses
from services.content.repository.media import Media
from services.content.repository.moves import PointerMoves
from services.content.repository.packs import Packs
from services.content.repository.pathways import Pathways
from services.content.repository.schedule import Schedule
from services.content.repository.skills import Competencies
from services.content.repository.uploads import Uploads
from services.content.repository.versions import Versions

__all__ = [
    "Catalogue",
    "Competencies",
    "Courses",
    "Media",
    "Packs",
    "Pathways",
    "PointerMoves",
    "Schedule",
    "Uploads",
    "Versions",
]
