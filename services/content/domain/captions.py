"""WebVTT: read line by line, checked, and written anew with nothing but its cues."""

import re
from collections.abc import Iterator

from services.kit.errors import Invalid

MAX_BYTES = 1024 * 1024
MAX_CUES = 20_000
_STAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_STAMP}[ \t]+-->[ \t]+{_STAMP}(?P<settings>(?:[ \t]+\S+:\S+)*)[ \t]*")
_DROPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")


def normalise(data: bytes) -> bytes:
    """Return captions in UTF-8 with plain line ends; comments and styles are left out.

    Invalid, with the number of the line, for what is no WebVTT (W3C WebVTT, section 4).
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("Captions are UTF-8 text.") from error
    lines = text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise Invalid("Captions begin with a line WEBVTT.")
    cues = [_cue(number, block) for number, block in _blocks(lines)]
    kept = [cue for cue in cues if cue]
    if not kept:
        raise Invalid("There is no caption in the file.")
    if len(kept) > MAX_CUES:
        raise Invalid(f"A file has at most {MAX_CUES} captions.")
    return ("\n\n".join(["WEBVTT", *kept]) + "\n").encode()


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the runs of lines below the header, with the number of each one's first line."""
    begun, block = 0, list[str]()
    for number, line in enumerate([*lines[1:], ""], 2):
        if line and not block:
            begun = number
        if line:
            block.append(line)
        elif block:
            yield begun, block
            block = []


def _cue(number: int, block: list[str]) -> str:
    """Return one cue written anew; nothing for a comment, style or region."""
    if _DROPPED.match(block[0]) and "-->" not in block[0]:
        return ""
    at = 0 if "-->" in block[0] else 1
    match = _TIMING.fullmatch(block[at].strip()) if at < len(block) else None
    if match is None:
        raise Invalid(
            f"Line {number + at} of the captions says no times: 00:01.000 --> 00:04.000 is one."
        )
    start, end = _millis(match.groups()[:4]), _millis(match.groups()[4:8])
    if start >= end:
        raise Invalid(f"Line {number + at} of the captions ends before it begins.")
    return "\n".join(block[at:])


def _millis(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, millis = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis
