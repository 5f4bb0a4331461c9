"""Recordings as they are written: a div with a list of what belongs to one, then its words."""

import mimetypes
from collections.abc import Callable

from services.content.domain.course import AudioBlock, Picture, Rendition, VideoBlock

Media = AudioBlock | VideoBlock


def write_recording(block: Media, tag: str, file_of: Callable[[Picture], str]) -> str:
    """Return a recording in one language; every language names its files."""
    kind = "audio" if isinstance(block, AudioBlock) else "video"
    fields = [f"- {name}: {value}" for name, value in _fields(block, tag, file_of)]
    words = ["", block.transcript[tag]] if block.transcript else []
    return "\n".join([f"::: {kind}", *fields, *words, ":::"])


def _fields(block: Media, tag: str, file_of: Callable[[Picture], str]) -> list[tuple[str, str]]:
    fields = []
    if isinstance(block, AudioBlock):
        fields.append(("file", block.url))
    else:
        fields += [("file", _file(each)) for each in block.renditions]
        fields += [("captions", f"{each.url} {{locale={each.locale}}}") for each in block.captions]
        if block.poster is not None:
            fields.append(("poster", f"![{block.poster.alt[tag]}]({file_of(block.poster)})"))
    if block.seconds is not None:
        fields.append(("seconds", str(block.seconds)))
    return fields


def _file(rendition: Rendition) -> str:
    """Return a file with what its name does not tell."""
    guessed = mimetypes.guess_type(rendition.url)[0]
    numbers = {"height": rendition.height, "bytes": rendition.bytes}
    says = [] if guessed == rendition.media_type else [f"type={rendition.media_type}"]
    says += [f"{name}={value}" for name, value in numbers.items() if value is not None]
    return " ".join([rendition.url, *([f"{{{' '.join(says)}}}"] if says else [])])
