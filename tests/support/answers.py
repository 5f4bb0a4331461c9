"""The right answers to the assessment of the demo course.

As somebody knows them who has learned it.
"""

from typing import Any

KNOWN: dict[str, Any] = {
    "a-library": ["https://renew.library.example/card"],
    "a-parcel": [
        "It makes you hurry",
        "It wants a payment through its own link",
        "It asks for a code from your bank",
    ],
    "a-count": 2,
    "a-domain": "team-share.example",
    "a-night-call": ["Deny, hang up, and call IT on the number you already have"],
    "a-steps": [
        "Leave the file alone and pause",
        "Ask her on the number that you already have",
        "She knows nothing of it: report the message",
        "Delete the message after that",
    ],
    "a-first-aid": {
        "You approved a prompt": "report it at once",
        "You paid a false invoice": "call the bank",
        "You opened a suspicious file": "take the computer off the network",
        "You received a strange message": "report it with the report button",
    },
    "a-voice": ["Say that you will ring back, and call the number you already have"],
}


def known_answers(lesson: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the right response to each question, by the ids that the phone was given."""
    questions = [block["question"] for block in lesson["blocks"] if block.get("question")]
    return {question["key"]: _response(question, KNOWN[question["key"]]) for question in questions}


def _response(question: dict[str, Any], known: Any) -> dict[str, Any]:
    if isinstance(known, int):
        return {"number": known}
    if isinstance(known, str):
        return {"texts": [known]}
    if isinstance(known, list):
        return {"choiceIds": [_id(question["choices"], text) for text in known]}
    pairs = [
        [_id(question["sources"], source), _id(question["targets"], target)]
        for source, target in known.items()
    ]
    return {"pairs": pairs}


def _id(choices: list[dict[str, Any]], start: str) -> str:
    (found,) = [choice["id"] for choice in choices if choice["text"].startswith(start)]
    return str(found)
