"""Right, wrong and malformed responses to a question as a phone has it."""

import random
import unicodedata
from itertools import chain, combinations, product
from typing import Any

MOST = 24
FOREIGN = "cho_AAAAAAAAAAAAAAAAAAAAAAAA"


def responses(question: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """Return responses of the question's shape, a few short of it, and one of another."""
    return [*_of(question, rng), {"texts": ["a", "b", "c", "d", "e"]}, {"choiceIds": [FOREIGN]}]


def right_response(question: dict[str, Any]) -> dict[str, Any]:
    """Return the response that a practice question's own answer gives."""
    match question["__typename"]:
        case "ChoiceQuestion" | "OrderQuestion":
            return {"choiceIds": question["correctIds"]}
        case "MatchQuestion":
            return {"pairs": question["correctPairs"]}
        case "TextEntryQuestion":
            return {"texts": question["accepted"][:1]}
        case "NumericQuestion":
            return {"number": question["correctNumber"]}
        case _:
            return {"texts": [gap["accepted"][0] for gap in question["gaps"]]}


def _of(question: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    match question["__typename"]:
        case "ChoiceQuestion":
            ids = [choice["id"] for choice in question["choices"]]
            sizes = range(len(ids) + 1)
            picks = list(chain.from_iterable(combinations(ids, size) for size in sizes))
            return [{"choiceIds": list(each)} for each in [*picks, (ids[0], ids[0])]]
        case "OrderQuestion":
            right = question["correctIds"]
            mixed = [rng.sample(right, k=len(right)) for _ in range(6)]
            return [{"choiceIds": each} for each in [right, *mixed, right[1:], [*right, right[0]]]]
        case "MatchQuestion":
            return [{"pairs": each} for each in _pairs(question, rng)]
        case "TextEntryQuestion":
            return [{"texts": [text]} for text in _spellings(question["accepted"])]
        case "NumericQuestion":
            return [{"number": number} for number in _numbers(question)]
        case _:
            each = [_fillings(gap) for gap in question["gaps"]]
            filled = list(product(*each))
            return [
                {"texts": list(texts)} for texts in rng.sample(filled, k=min(MOST, len(filled)))
            ]


def _pairs(question: dict[str, Any], rng: random.Random) -> list[list[list[str]]]:
    right = question["correctPairs"]
    targets = [choice["id"] for choice in question["targets"]]
    guesses = [[[source, rng.choice(targets)] for source, _ in right] for _ in range(6)]
    swapped = [[target, source] for source, target in right]
    return [right, right[::-1], right[1:], [*right, right[0]], [], swapped, *guesses]


def _numbers(question: dict[str, Any]) -> list[float]:
    right, tolerance = question["correctNumber"], question["tolerance"] or 0
    bounds = [right - tolerance, right + tolerance]
    beyond = [right - tolerance - 0.001, right + tolerance + 0.001, right * 1.0001]
    return [right, -right, 0, *bounds, *beyond, right + 1e-12]


def _fillings(gap: dict[str, Any]) -> list[str]:
    if gap["choices"]:
        return ["", FOREIGN, *(choice["id"] for choice in gap["choices"])]
    return _spellings(gap["accepted"])


def _spellings(accepted: list[str]) -> list[str]:
    """Return texts that a learner may type for these, and near misses."""
    first = accepted[0]
    return [
        *accepted,
        *(text.upper() for text in accepted),
        first.swapcase(),
        f" \u00a0{first.replace(' ', '   ')}\t",
        unicodedata.normalize("NFD", first),
        first.replace("ß", "ss"),
        f"{first}s",
        first.replace(" ", ""),
        "",
    ]
