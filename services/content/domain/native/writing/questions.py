"""Questions as they are written: the prompt, what is asked, hint and explanation."""

import re
from collections.abc import Callable, Mapping

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
from services.content.domain.native.writing.credit import Response, write_credit
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
        says += write_credit(question).braces
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
        worths = write_credit(question).lines if tag == self._language else ()
        asked = "\n".join([self._asked(question, tag), *worths, *remarks])
        return heading, "\n\n".join(filter(None, [rest, asked]))

    def _asked(self, question: AnyQuestion, tag: str) -> str:
        points = write_credit(question).points
        match question:
            case ChoiceQuestion(options=options):
                return "\n".join(self._option(each, tag, points) for each in options)
            case OrderQuestion(choices=choices):
                lines = [
                    f"{place}. {self._item(choice, tag, points.get((choice.key, str(place))))}"
                    for place, choice in enumerate(choices, start=1)
                ]
                return "\n".join(lines)
            case MatchQuestion():
                return self._pairs(question, tag, points)
            case NumericQuestion():
                return _number(question)
            case TextEntryQuestion(accepted=accepted, case_sensitive=case_sensitive):
                return f"{'==' if case_sensitive else '='} {' | '.join(map(_escape_bar, accepted))}"
            case GapQuestion(text=text, gaps=gaps):
                by_key = {gap.key: gap for gap in gaps}
                return _TOKEN.sub(
                    lambda match: self._gap(by_key.get(match[1]), tag, points), text[tag]
                )

    def _option(self, option: Option, tag: str, points: Mapping[Response, float]) -> str:
        box = "[x]" if option.correct else "[ ]"
        said = f" > {option.feedback[tag]}" if option.feedback else ""
        return f"- {box} {self._item(option, tag, points.get((option.key,)), mark='>')}{said}"

    def _pairs(self, question: MatchQuestion, tag: str, points: Mapping[Response, float]) -> str:
        """Return the pairs, then what belongs to none."""
        sources = {choice.key: choice for choice in question.sources}
        targets = {choice.key: choice for choice in question.targets}
        paired = {key for pair in question.pairs for key in pair}
        lines = [
            f"- {self._item(sources[left], tag, mark='=>')} => "
            f"{self._item(targets[right], tag, points.get((left, right)))}"
            for left, right in question.pairs
            if left in sources and right in targets
        ]
        lines += [
            f"- {self._item(source, tag, mark='=>')} =>"
            for key, source in sources.items()
            if key not in paired
        ]
        lines += [
            f"- => {self._item(target, tag)}"
            for key, target in targets.items()
            if key not in paired
        ]
        return "\n".join(lines)

    def _item(
        self, choice: Choice, tag: str, points: float | None = None, *, mark: str | None = None
    ) -> str:
        """Return a choice: its picture, its text, and braces, of which a translation needs none."""
        image = choice.image
        shown = f"![{image.alt[tag]}]({self._file_of(image)}) " if image else ""
        text = choice.text[tag] if mark is None else escape(choice.text[tag], mark)
        braces = item_key(choice.key, choice.text[tag], points=points)
        return f"{shown}{text}{braces if tag == self._language else ''}"

    def _gap(self, gap: Gap | None, tag: str, points: Mapping[Response, float]) -> str:
        if gap is None:
            return ""
        if not gap.options:
            mark = "==" if gap.case_sensitive else ""
            return f"{{{{{mark}{'|'.join(map(_escape_bar, gap.accepted))}}}}}"
        options = (
            self._gap_option(option, tag, points.get((gap.key, option.key)))
            for option in gap.options
        )
        return f"[[{'|'.join(options)}]]"

    def _gap_option(self, option: Option, tag: str, points: float | None) -> str:
        said = f" > {option.feedback[tag]}" if option.feedback else ""
        text = self._item(option, tag, points, mark=">")
        return f"{'*' if option.correct else ''}{_escape_bar(text + said)}"


def _number(question: NumericQuestion) -> str:
    tolerance = f" +- {number(question.tolerance)}" if question.tolerance else ""
    unit = f" {question.unit}" if question.unit else ""
    return f"= {number(question.number)}{tolerance}{unit}"


def _escape_bar(text: str) -> str:
    return text.replace("|", "\\|")
