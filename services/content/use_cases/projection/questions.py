"""Questions as everybody sees them: of an assessment, nothing that would give an answer away."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.content import contract
from services.content.domain import course as domain
from services.content.domain.disguise import disguise
from services.content.domain.scoring import bounds
from services.content.domain.shuffling import disorder, shuffle
from services.content.use_cases.projection.scene import Scene
from services.kit.ids import Kind
from services.kit.records import Json

_TOKEN = re.compile(r"\{([a-z0-9._-]+)\}")


class QuestionProjector:
    """Projects the question of one block."""

    def __init__(self, scene: Scene, block_key: str) -> None:
        """Keep where the question stands."""
        self._scene = scene
        self._block = block_key
        self._hides = scene.hides_answers
        self._names: Mapping[str, str] = {}

    def project(self, question: domain.AnyQuestion) -> contract.AnyQuestion:
        """Return the question for the contract."""
        if self._hides:
            self._names = disguise(question, language=self._scene.language)
        match question:
            case domain.ChoiceQuestion():
                return self._choice(question)
            case domain.OrderQuestion():
                return self._order(question)
            case domain.MatchQuestion():
                return self._match(question)
            case domain.TextEntryQuestion():
                return contract.TextEntryQuestion(
                    accepted=None if self._hides else question.accepted,
                    case_sensitive=question.case_sensitive,
                    **self._shared(question),
                )
            case domain.NumericQuestion():
                return contract.NumericQuestion(
                    unit=question.unit,
                    correct_number=None if self._hides else question.number,
                    tolerance=None if self._hides else question.tolerance,
                    **self._shared(question),
                )
            case domain.GapQuestion():
                return self._gap(question)

    def _shared(self, question: domain.AnyQuestion) -> dict[str, Any]:
        """Return the fields that all questions have."""
        low, high = bounds(question)
        return {
            "id": self._scene.id(Kind.QUESTION, self._block),
            "key": self._block,
            "prompt": question.prompt,
            "points": question.points if question.mapping is None else high,
            "min_score": low,
            "max_score": high,
            "mapping": None if self._hides else self._mapping(question),
            "skills": question.skills or self._scene.skills,
            "hint": None if self._hides else question.hint,
            "explanation": None if self._hides else question.explanation,
        }

    def _choice(self, question: domain.ChoiceQuestion) -> contract.ChoiceQuestion:
        right = tuple(self._id(option.key) for option in question.options if option.correct)
        return contract.ChoiceQuestion(
            choices=self._options(question.options),
            multiple=question.multiple,
            correct_ids=None if self._hides else right,
            **self._shared(question),
        )

    def _order(self, question: domain.OrderQuestion) -> contract.OrderQuestion:
        right = tuple(self._id(choice.key) for choice in question.choices)
        return contract.OrderQuestion(
            choices=self._disordered(question.choices),
            correct_ids=None if self._hides else right,
            **self._shared(question),
        )

    def _match(self, question: domain.MatchQuestion) -> contract.MatchQuestion:
        pairs = tuple((self._id(source), self._id(target)) for source, target in question.pairs)
        return contract.MatchQuestion(
            sources=tuple(self._plain(choice) for choice in question.sources),
            targets=self._disordered(question.targets),
            correct_pairs=None if self._hides else pairs,
            **self._shared(question),
        )

    def _gap(self, question: domain.GapQuestion) -> contract.GapQuestion:
        ids = {gap.key: self._gap_id(gap.key) for gap in question.gaps}

        def place(match: re.Match[str]) -> str:
            return f"{{{ids[match[1]]}}}" if match[1] in ids else match[0]

        return contract.GapQuestion(
            text={tag: _TOKEN.sub(place, text) for tag, text in question.text.items()},
            gaps=tuple(
                contract.Gap(
                    id=ids[gap.key],
                    key=self._name(gap.key),
                    choices=self._options(gap.options, gap.key) if gap.options else None,
                    accepted=None if self._hides else self._accepted(gap),
                    case_sensitive=gap.case_sensitive,
                )
                for gap in question.gaps
            ),
            **self._shared(question),
        )

    def _accepted(self, gap: domain.Gap) -> tuple[str, ...]:
        """Return what fills a gap: texts, or ids of options where it is picked."""
        right = tuple(self._id(gap.key, option.key) for option in gap.options if option.correct)
        return right if gap.options else gap.accepted

    def _options(self, options: Sequence[domain.Option], *gap: str) -> tuple[contract.Choice, ...]:
        if self._hides:
            path = self._scene.path(self._block, *gap)
            options = shuffle(options, key=_key, order_key=self._scene.order_key, path=path)
        return tuple(
            contract.Choice(
                id=self._id(*gap, option.key),
                key=self._name(*gap, option.key),
                text=option.text,
                image=self._scene.image(option.image),
                feedback=None if self._hides else option.feedback,
            )
            for option in options
        )

    def _disordered(self, choices: Sequence[domain.Choice]) -> tuple[contract.Choice, ...]:
        """Return choices whose written order is the answer; practice never shows it solved."""
        mix = shuffle if self._hides else disorder
        path, order_key = self._scene.path(self._block), self._scene.order_key
        mixed = mix(choices, key=_key, order_key=order_key, path=path)
        return tuple(self._plain(choice) for choice in mixed)

    def _plain(self, choice: domain.Choice) -> contract.Choice:
        return contract.Choice(
            id=self._id(choice.key),
            key=self._name(choice.key),
            text=choice.text,
            image=self._scene.image(choice.image),
        )

    def _mapping(self, question: domain.AnyQuestion) -> Json | None:
        """Return partial credit by ids.

        `{entries: [{response, points, caseSensitive}], default, lower, upper}`
        """
        mapping = question.mapping
        if mapping is None:
            return None
        entries = [
            {
                "response": self._response(question, entry.response),
                "points": entry.points,
                "caseSensitive": entry.case_sensitive,
            }
            for entry in mapping.entries
        ]
        limits = {"lower": mapping.lower, "upper": mapping.upper}
        return {"entries": entries, "default": mapping.default, **limits}

    def _response(self, question: domain.AnyQuestion, response: tuple[str, ...]) -> list[str]:
        match question:
            case domain.TextEntryQuestion() | domain.NumericQuestion():
                return list(response)
            case domain.OrderQuestion():
                key, place = response
                return [self._id(key), place]
            case domain.GapQuestion():
                gap, value = response
                picked = any(each.key == gap and each.options for each in question.gaps)
                return [self._gap_id(gap), self._id(gap, value) if picked else value]
            case _:
                return [self._id(key) for key in response]

    def _shown(self, *keys: str) -> str:
        """Return an address as it is shown: of an assessment, nothing of its author's keys."""
        address = "/".join(keys)
        return self._names.get(address, address)

    def _name(self, *keys: str) -> str:
        return self._shown(*keys).rpartition("/")[2]

    def _id(self, *keys: str) -> str:
        return self._scene.id(Kind.CHOICE, self._block, self._shown(*keys))

    def _gap_id(self, key: str) -> str:
        return self._scene.id(Kind.GAP, self._block, self._shown(key))


def _key(choice: domain.Choice) -> str:
    return choice.key
