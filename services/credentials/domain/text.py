"""Text that survives every verifier: no control characters, which some canonicalise differently."""

import re
import unicodedata

from services.kit.errors import Invalid

MAX_REASON = 500
MAX_WORDS = 12
"""Of a name, that it is found by."""
MAX_WORD = 40
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(
    r"([a-z]{2,4})(?![a-z])(?:-[a-z]{3}(?![a-z0-9]))*(?:-([a-z]{4})(?![a-z0-9]))?"
    r"(?:-([a-z]{2}|[0-9]{3})(?![a-z0-9]))?",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile(r"[^\W_]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def checked(text: str) -> str:
    """Return the text; Invalid when it holds a control character other than tab and line ends."""
    if found := _CONTROLS.search(text):
        raise Invalid(
            f"The text {text[:40]!r} holds the control character U+{ord(found[0]):04X},"
            " which verifiers do not agree on."
        )
    return text


def in_language(tag: str) -> str | None:
    """Return a BCP 47 tag as Open Badges writes it, en-US; None for one of which nothing is left.

    The official schema knows language, script and region, in their usual cases, and no more.
    """
    found = _TAG.match(tag)
    if found is None:
        return None
    language, script, region = found.groups()
    parts = [language.lower(), script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part)


def person_name(name: str | None) -> str | None:
    """Return a name without control characters and needless spaces; None for an empty one."""
    return " ".join(_CONTROLS.sub(" ", name or "").split()) or None


def name_words(name: str | None) -> tuple[str, ...]:
    """Return the words of a name, each once, as they are compared: without case and accents."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", (name or "").casefold())
        if not unicodedata.combining(letter)
    )
    words = (word[:MAX_WORD] for word in _WORD.findall(plain))
    return tuple(dict.fromkeys(words))[:MAX_WORDS]


def email_address(email: str | None) -> str | None:
    """Return an e-mail address as it is hashed: trimmed, lower case; None when it is none."""
    normal = (email or "").strip().lower()
    return normal if _EMAIL.fullmatch(normal) and not _CONTROLS.search(normal) else None


def reason_text(reason: str) -> str:
    """Return why something was done, trimmed; Invalid when empty, too long or not plain text."""
    words = reason.strip()
    if not 1 <= len(words) <= MAX_REASON or _CONTROLS.search(words):
        raise Invalid(
            f"A reason has 1 to {MAX_REASON} characters, without control characters.",
            path=("reason",),
        )
    return words
