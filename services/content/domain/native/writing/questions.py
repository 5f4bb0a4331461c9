"""Questions as they are written: the prompt, what is asked, hint and explanation."""

import re
from collections.abc import Callable

from services.content.domain.course import (
    AnyQuestion,
    Choice,
    ChoiceQuestion,
    Gap,
    GapQuestion,
    MatchQuestion,
    NumericQuestion,
    Option,
    OrderQuestion,
    Picture,
    TextEntryQuestion,
)
from services.content.domain.native.bodies import MULTIPLE
from services.content.domain.native.writing.items import escape, item_key, number

_TOKEN = re.compile(r"\{(gap-\d+)\}")


class QuestionText:
    """Writes questions in one language at a time; keys are made from the course's own."""

    def __init__(
        self, language: str, file_of: Callable[[Picture], str], skill_of: Callable[[str], str]
    ) -> None:
        """Keep the course's language, and how pictures and skills are called."""
        self._language = language
        self._file_of = file_of
        self._skill_of = skill_of

    def braces(self, question: AnyQuestion) -> tuple[str, ...]:
        """Return what the heading's braces say of a question."""
        says = []
        if isinstance(question, ChoiceQuestion) and question.multiple:
            right = sum(option.correct for option in question.options)
            says += [] if right > 1 else [f".{MULTIPLE}"]
        if question.points != 1.0:
            says.append(f"points={number(question.points)}")
        if question.skills:
            names = ",".join(map(self._skill_of, question.skills))
            says.append(f'skills="{names}"' if " " in names else f"skills={names}")
        return tuple(says)

    def write(self, question: AnyQuestion, tag: str, *, headed: bool) -> tuple[str, str]:
        """Return the heading and what stands below it."""
        prompt = question.prompt[tag]
        heading, _, rest = prompt.partition("\n\n") if headed else ("", "", prompt)
        remarks = [
            f"{mark} {texts[tag]}"
            for mark, texts in (("?", question.hint), ("!", question.explanation))
            if texts
        ]
        asked = "\n".join([self._asked(question, tag), *remarks])
        return heading, "\n\n".join(filter(None, [rest, asked]))

    def _asked(self, question: AnyQuestion, tag: str) -> str:
        match question:
            case ChoiceQuestion():
                return self._choices(question, tag)
            case OrderQuestion(choices=choices):
                lines = [
                    f"{place}. {choice.text[tag]}{self._key(choice, tag)}"
                    for place, choice in enumerate(choices, start=1)
                ]
                return "\n".join(lines)
            case MatchQuestion():
                return self._pairs(question, tag)
            case NumericQuestion():
                return _number(question)
            case TextEntryQuestion(accepted=accepted, case_sensitive=case_sensitive):
                return f"{'==' if case_sensitive else '='} {' | '.join(map(_escape_bar, accepted))}"
            case GapQuestion(text=text, gaps=gaps):
                by_key = {gap.key: gap for gap in gaps}
                return _TOKEN.sub(lambda match: _gap(by_key.get(match[1]), tag), text[tag])

    def _choices(self, question: ChoiceQuestion, tag: str) -> str:
        entries = question.mapping.entries if question.mapping else ()
        points = {entry.response: entry.points for entry in entries}
        return "\n".join(
            self._option(option, tag, points=points.get((option.key,)))
            for option in question.options
        )

    def _option(self, option: Option, tag: str, *, points: float | None) -> str:
        image = option.image
        shown = f"![{image.alt[tag]}]({self._file_of(image)}) " if image else ""
        box = "[x]" if option.correct else "[ ]"
        said = f" > {option.feedback[tag]}" if option.feedback else ""
        braces = self._key(option, tag, points=points)
        return f"- {box} {shown}{escape(option.text[tag], '>')}{braces}{said}"

    def _pairs(self, question: MatchQuestion, tag: str) -> str:
        sources = {choice.key: choice for choice in question.sources}
        targets = {choice.key: choice for choice in question.targets}
        lines = []
        for left, right in question.pairs:
            source, target = sources[left], targets[right]
            before = f"{escape(source.text[tag], '=>')}{self._key(source, tag)}"
            lines.append(f"- {before} => {target.text[tag]}{self._key(target, tag)}")
        return "\n".join(lines)

    def _key(self, choice: Choice, tag: str, *, points: float | None = None) -> str:
        """Return the braces of a choice; a translation needs none."""
        if tag != self._language:
            return ""
        return item_key(choice.key, choice.text[tag], points=points)


def _number(question: NumericQuestion) -> str:
    tolerance = f" +- {number(question.tolerance)}" if question.tolerance else ""
    unit = f" {question.unit}" if question.unit else ""
    return f"= {number(question.number)}{tolerance}{unit}"


def _gap(gap: Gap | None, tag: str) -> str:
    if gap is None:
        return ""
    if not gap.options:
        return f"{{{{{'|'.join(map(_escape_bar, gap.accepted))}}}}}"
    options = (
        f"{'*' if option.correct else ''}{_escape_bar(option.text[tag])}" for option in gap.options
    )
    return f"[[{'|'.join(options)}]]"


def _escape_bar(text: str) -> str:
    return text.replace("|", "\\|")
