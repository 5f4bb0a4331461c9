"""Names under which the choices and gaps of an assessment are shown: they follow from what is seen.

An author's own key may tell the answer (`{#right}`, `{#step-2}`), and one that was numbered apart
tells the order written. So neither is shown, nor an id that could confirm a guess at it.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    OrderQuestion,
    TextEntryQuestion,
)
from services.content.domain.keys import slug

DIGITS = 12


def disguise(question: AnyQuestion, *, language: str) -> Mapping[str, str]:
    """Return the names to show by the keys they stand for; an option of a gap is `gap/option`."""
    match question:
        case ChoiceQuestion():
            return _names(question.options, language=language)
        case OrderQuestion():
            return _names(question.choices, language=language)
        case MatchQuestion():
            return _names(question.sources, question.targets, language=language)
        case GapQuestion():
            names: dict[str, str] = {}
            for number, gap in enumerate(question.gaps, start=1):
                names[gap.key] = f"gap-{number}"
                for key, name in _names(gap.options, language=language).items():
                    names[f"{gap.key}/{key}"] = f"gap-{number}/{name}"
            return names
        case TextEntryQuestion() | NumericQuestion():
            return {}


def _names(*groups: Sequence[Choice], language: str) -> dict[str, str]:
    """Return a name for each choice: its words, or a hash of its looks where words are shared."""
    words = {
        choice.key: slug(choice.text.get(language, "")) for group in groups for choice in group
    }
    counts = Counter(words.values())
    return {
        choice.key: words[choice.key]
        if counts[words[choice.key]] == 1
        else _looks(choice, side=side)
        for side, group in enumerate(groups)
        for choice in group
    }


def _looks(choice: Choice, *, side: int) -> str:
    seen = (side, sorted(choice.text.items()), choice.image and choice.image.hash)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:DIGITS]
