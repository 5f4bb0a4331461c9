"""Recordings: `::: audio` and `::: video` divs, a list of what belongs to one, then its words."""

import mimetypes
import re
from collections.abc import Sequence

from services.content.domain.course import (
    AudioBlock,
    Caption,
    Picture,
    Rendition,
    Texts,
    VideoBlock,
)
from services.content.domain.native.attributes import take_attributes
from services.content.domain.native.lists import IMAGE, Numbered
from services.content.domain.native.pieces import Image, MediaFile, Recording
from services.content.domain.native.report import Report
from services.content.domain.native.scope import Scope
from services.content.domain.native.sides import Sides

KINDS = frozenset({"audio", "video"})
_FIELD = re.compile(r"- (?P<name>[a-z]+):\s+(?P<value>\S.*)")
_WHOLE = re.compile(r"[1-9][0-9]{0,11}")
_ALLOWED = {"audio": ("file", "seconds"), "video": ("file", "captions", "poster", "seconds")}


def read_recording(
    line: int, kind: str, inner: Sequence[Numbered], *, file: str, report: Report
) -> Recording:
    """Return what a div says of a recording; what follows its list is the transcript."""
    fields: list[tuple[int, str, str]] = []
    words: list[str] = []
    for number, text in inner:
        match = None if words else _FIELD.fullmatch(text.rstrip())
        if match is None:
            words += [text] if words or text.strip() else []
        elif match["name"] not in _ALLOWED[kind]:
            allowed = ", ".join(_ALLOWED[kind])
            report.add(file, number, f"`{match['name']}` is not known here; allowed: {allowed}")
        else:
            fields.append((number, match["name"], match["value"]))
    values = {name: (number, value) for number, name, value in fields}
    return Recording(
        line=line,
        kind=kind,
        files=_files(fields, "file", (), file, report),
        captions=_files(fields, "captions", ("locale",), file, report),
        poster=_poster(values.get("poster"), file, report),
        seconds=_whole(*values.get("seconds", (line, None)), file=file, report=report),
        transcript="\n".join(words).strip(),
    )


def build_recording(scope: Scope, key: str, sides: Sides[Recording]) -> AudioBlock | VideoBlock:
    """Return the block of a recording, its transcript in all languages."""
    source, report = sides.source, scope.report
    sides.agree(lambda side: (side.kind, _urls(side)), "the files", report, line=_line)
    for side in source.files:
        _check_names(side, ("type", "height", "bytes"), sides.file, report)
    transcript: Texts | None = sides.texts(lambda side: side.transcript) or None
    if source.kind == "audio":
        if len(source.files) != 1:
            report.add(sides.file, source.line, "a recording has one line `- file: https://...`")
        urls = [*_urls(source), ""]
        return AudioBlock(key=key, url=urls[0], transcript=transcript, seconds=source.seconds)
    return VideoBlock(
        key=key,
        renditions=tuple(_rendition(each, sides.file, report) for each in source.files),
        captions=tuple(
            Caption(url=each.url, locale=each.attributes.get("locale") or "")
            for each in source.captions
        ),
        transcript=transcript,
        seconds=source.seconds,
        poster=_picture(scope, sides),
    )


def _rendition(file: MediaFile, path: str, report: Report) -> Rendition:
    guessed = mimetypes.guess_type(file.url)[0]
    numbers = {
        name: _whole(file.line, file.attributes.get(name), file=path, report=report)
        for name in ("height", "bytes")
    }
    kind = file.attributes.get("type") or guessed or ""
    if not kind:
        report.add(path, file.line, "say what the file is: `{type=video/mp4}`")
    return Rendition(url=file.url, media_type=kind, **numbers)


def _picture(scope: Scope, sides: Sides[Recording]) -> Picture | None:
    posters = {tag: s.poster for tag, s in sides.by_locale.items() if s.poster is not None}
    if sides.language not in posters:
        return None
    return scope.picture(Sides(sides.language, posters, sides.files))


def _files(
    fields: Sequence[tuple[int, str, str]],
    name: str,
    needed: tuple[str, ...],
    file: str,
    report: Report,
) -> tuple[MediaFile, ...]:
    found = []
    for line, each, value in fields:
        if each == name:
            url, attributes = take_attributes(value)
            for attribute in needed:
                if attributes.get(attribute) is None:
                    report.add(
                        file,
                        line,
                        f"`{name}` says its `{{{attribute}=...}}`, as in `{{locale=en}}`",
                    )
            found.append(MediaFile(line=line, url=url, attributes=attributes))
    return tuple(found)


def _check_names(side: MediaFile, allowed: tuple[str, ...], file: str, report: Report) -> None:
    for name, _ in side.attributes.values:
        if name not in allowed:
            words = ", ".join(f"{each}=" for each in allowed)
            report.add(file, side.line, f"`{name}=` is not known here; allowed: {words}")


def _poster(given: tuple[int, str] | None, file: str, report: Report) -> Image | None:
    if given is None:
        return None
    match = IMAGE.fullmatch(given[1].strip())
    if match is None:
        report.add(file, given[0], "a poster is a picture: `- poster: ![alt text](file.png)`")
        return None
    return Image(line=given[0], alt=match["alt"].strip(), file=match["file"])


def _whole(line: int, text: str | None, *, file: str, report: Report) -> int | None:
    if text is None:
        return None
    if not _WHOLE.fullmatch(text.strip()):
        report.add(file, line, f"`{text.strip()}` is no whole number of 1 or more")
        return None
    return int(text)


def _urls(side: Recording) -> tuple[str, ...]:
    return tuple(each.url for each in side.files)


def _line(side: Recording) -> int:
    return side.line
