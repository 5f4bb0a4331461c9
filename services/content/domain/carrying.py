"""Carrying a response over to another version of its question, by stable keys."""

from msgspec.structs import replace

from services.content.domain.course import AnyQuestion, GapQuestion
from services.content.domain.grading import Response


def carry(response: Response, question: AnyQuestion, other: AnyQuestion) -> Response | None:
    """Return the response to `question` as one to `other`; None where it cannot be one.

    Keys are the same in both. Texts of gaps go by the order of the gaps, so they follow their gap;
    a gap that was typed and is picked now, or the other way, has nothing to carry.
    """
    if type(question) is not type(other):
        return None
    if not isinstance(question, GapQuestion) or not isinstance(other, GapQuestion):
        return response
    texts = response.texts
    if texts is None or {gap.key for gap in question.gaps} != {gap.key for gap in other.gaps}:
        return None
    given = {
        gap.key: (bool(gap.options), text) for gap, text in zip(question.gaps, texts, strict=True)
    }
    if any(given[gap.key][0] != bool(gap.options) for gap in other.gaps):
        return None
    return replace(response, texts=tuple(given[gap.key][1] for gap in other.gaps))
