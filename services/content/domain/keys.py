"""Stable keys: made from a text unless an author gives one."""

import hashlib
import re
import unicodedata

KEY = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
KEY_RULE = "1 to 40 of a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit"
MAX_KEY = 40


def slug(text: str) -> str:
    """Return a key made from a text: plain lower-case words with hyphens, at most 40 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    key = ""
    for word in words:
        longer = f"{key}-{word}" if key else word[:MAX_KEY]
        if len(longer) > MAX_KEY:
            break
        key = longer
    return key or hashlib.sha256(text.encode()).hexdigest()[:12]


class Keys:
    """The keys taken in one scope; made ones are told apart with -2, -3 and so on."""

    def __init__(self) -> None:
        """Begin with none taken."""
        self._taken: set[str] = set()

    def take(self, key: str) -> bool:
        """Take a key that an author gave; return False where it is taken already."""
        free = key not in self._taken
        self._taken.add(key)
        return free

    def make(self, text: str) -> str:
        """Take and return a free key made from a text."""
        stem, number = slug(text), 1
        key = stem
        while not self.take(key):
            number += 1
            ending = f"-{number}"
            key = stem[: MAX_KEY - len(ending)].rstrip("-") + ending
        return key
