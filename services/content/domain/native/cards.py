"""Puts the pieces of a card together: blocks in order, at most one of them a question."""

from collections.abc import Sequence

from services.content.domain.native.pieces import (
    Answer,
    Asked,
    Callout,
    Card,
    Choices,
    Code,
    Flashcards,
    Gaps,
    Image,
    Match,
    Number,
    Order,
    Part,
    Piece,
    Prose,
    Recording,
    Remark,
    Structured,
    Worth,
)
from services.content.domain.native.report import Report
from services.content.domain.native.scanner import Scanned

ORDER = "order"
"""The class of a heading that makes a numbered list a question, whatever stands around it."""
_REMARKS = {"?": "hint", "!": "explanation"}
_BODIES = (Choices, Order, Match, Number, Answer, Gaps)
_READ = (Prose, Image, Callout, Recording, Code, Flashcards, Structured)
_BESIDE = (Remark, Worth)


def read_card(scanned: Scanned, file: str, report: Report) -> Card:
    """Return a card with what becomes of it, from what was found under its heading."""
    pieces = _settle_lists(scanned.pieces(file, report), scanned)
    bodies = [index for index, piece in enumerate(pieces) if isinstance(piece, _BODIES)]
    remarks = [piece for piece in pieces if isinstance(piece, Remark)]
    if len(bodies) > 1:
        line = pieces[bodies[1]].line
        report.add(file, line, "one card asks one question: begin the next with a `##` heading")
    if not bodies:
        for piece in pieces:
            if isinstance(piece, _BESIDE):
                report.add(file, piece.line, _stray(piece))
        rest = [piece for piece in pieces if not isinstance(piece, _BESIDE)]
        parts = _merged(_with_heading(scanned, rest))
    else:
        parts = _asking(scanned, pieces, bodies[0], _remarks(remarks, file, report))
    return Card(
        line=scanned.line,
        heading=scanned.heading,
        attributes=scanned.attributes,
        parts=tuple(parts),
    )


def _settle_lists(pieces: Sequence[Piece], scanned: Scanned) -> list[Piece]:
    """Return the pieces with numbered lists as prose, unless the list is what the card asks."""
    others = [piece for piece in pieces if not isinstance(piece, Order)]
    asks = not any(not isinstance(piece, _BESIDE) for piece in others) and bool(scanned.heading)
    asks = asks or any(isinstance(piece, _BESIDE) for piece in others)
    asks = asks and not any(isinstance(piece, _BODIES) for piece in others)
    if asks or ORDER in scanned.attributes.classes:
        return list(pieces)
    return [
        Prose(line=piece.line, text=piece.source) if isinstance(piece, Order) else piece
        for piece in pieces
    ]


def _stray(piece: Remark | Worth) -> str:
    mark, what = ("~", "points") if isinstance(piece, Worth) else (piece.mark, "")
    return f"`{mark}` gives the {what or _REMARKS[mark]} of a question, and this card asks none"


def _remarks(remarks: Sequence[Remark], file: str, report: Report) -> dict[str, str]:
    found: dict[str, str] = {}
    for remark in remarks:
        if remark.mark in found:
            what = _REMARKS[remark.mark]
            report.add(file, remark.line, f"a question has one {what}: write it as one paragraph")
        found.setdefault(remark.mark, remark.text)
    return found


def _asking(
    scanned: Scanned, pieces: Sequence[Piece], at: int, remarks: dict[str, str]
) -> list[Part]:
    """Return the parts of a card that asks: prose straight before the body joins the prompt."""
    body = pieces[at]
    assert isinstance(body, _BODIES)
    before = [piece for piece in pieces[:at] if not isinstance(piece, _BESIDE)]
    prompt: list[str] = []
    while before and isinstance(last := before[-1], Prose):
        prompt.insert(0, last.text)
        before.pop()
    asked = Asked(
        line=scanned.line if scanned.heading else body.line,
        prompt="\n\n".join(filter(None, [scanned.heading, *prompt])),
        body=body,
        hint=remarks.get("?"),
        explanation=remarks.get("!"),
        worths=tuple(piece for piece in pieces if isinstance(piece, Worth)),
    )
    return [*_merged(before), asked, *_merged(pieces[at + 1 :])]


def _with_heading(scanned: Scanned, pieces: Sequence[Piece]) -> list[Piece]:
    if not scanned.heading:
        return list(pieces)
    return [Prose(line=scanned.line, text=f"## {scanned.heading}"), *pieces]


def _merged(pieces: Sequence[Piece]) -> list[Part]:
    """Return pieces as parts, prose that follows prose in one."""
    parts: list[Part] = []
    for piece in pieces:
        last = parts[-1] if parts else None
        if isinstance(piece, Prose) and isinstance(last, Prose):
            parts[-1] = Prose(line=last.line, text=f"{last.text}\n\n{piece.text}")
        elif isinstance(piece, _READ):
            parts.append(piece)
    return parts
