"""What everybody may see: of an assessment no answers, of practice all of them."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pytest

from services.content import contract
from services.content.domain.course import Course
from services.content.domain.freezing import freeze
from services.content.use_cases.facts import state_facts
from services.content.use_cases.projection import Release, project
from services.kit.ids import Kind, item_id
from tests.services.content.samples import EVERY_KIND, as_json, every_kind, folder, parsed

RELEASE = Release(
    organisation="school", number=1, published_at=datetime(2026, 11, 23, 8, tzinfo=UTC)
)
SECRETS = re.compile(
    r"(Feedback|Hint|Explanation)-\w+|Typedsecret|Othersecret|Secretword|Otherword|731|0\.625"
)
"""All that stands in EVERY_KIND and tells an answer by being seen at all."""


def version(course: Course, *, secret: bytes = bytes(32)) -> contract.CourseVersion:
    frozen = freeze(course, course_id="crs_AAAA", secret=secret)
    return project(frozen, RELEASE, media={})


def questions(found: contract.CourseVersion) -> dict[str, contract.AnyQuestion]:
    blocks = found.modules[0].lessons[0].blocks
    return {b.key: b.question for b in blocks if isinstance(b, contract.QuestionBlock)}


def test_nothing_of_an_assessment_leaks() -> None:
    """Every public byte is read: the secrets occur nowhere, and every answer field is null."""
    found = version(every_kind("assessment"))
    assert SECRETS.search(as_json(found)) is None
    for question in questions(found).values():
        fields = msgspec.structs.asdict(question)
        answers = ("hint", "explanation", "mapping", "correct_ids", "correct_pairs", "accepted")
        for name in (*answers, "correct_number", "tolerance"):
            assert fields.get(name) is None, (question.key, name)
        for choice in (*fields.get("choices", ()), *fields.get("targets", ())):
            assert choice.feedback is None
        for gap in fields.get("gaps", ()):
            assert gap.accepted is None


def test_facts_tell_no_answers_either() -> None:
    """What progress holds is shown in sync records."""
    assert SECRETS.search(as_json(state_facts(version(every_kind("assessment"))))) is None


def test_the_secrets_of_the_test_do_occur_in_practice() -> None:
    """A leak test that looks for the wrong words would pass on anything."""
    text = as_json(version(every_kind("practice")))
    assert {match[0].partition("-")[0] for match in SECRETS.finditer(text)} == {
        *("Feedback", "Hint", "Explanation", "731", "0.625"),
        *("Typedsecret", "Othersecret", "Secretword", "Otherword"),
    }


def test_the_order_in_which_an_assessment_is_written_cannot_be_seen() -> None:
    """The same questions written in another order give the same public order in one course."""
    text = EVERY_KIND.replace("KIND", "assessment")
    mirrored = text.replace(
        "1. First-step\n2. Second-step\n3. Third-step\n4. Fourth-step",
        "1. Fourth-step\n2. Third-step\n3. Second-step\n4. First-step",
    )
    orders = set()
    for secret in range(40):
        found = questions(version(parsed(folder(text)), secret=bytes([secret]) * 32))["steps"]
        assert isinstance(found, contract.OrderQuestion)
        orders.add(tuple(choice.key for choice in found.choices))
    assert len(orders) > 10
    other = questions(version(parsed(folder(mirrored))))["steps"]
    assert isinstance(other, contract.OrderQuestion)
    assert {choice.key for choice in other.choices} == set(next(iter(orders)))


def test_a_change_elsewhere_leaves_the_order_of_choices() -> None:
    """One changed word would have phones fetch every assessment of the course again."""
    before = questions(version(every_kind("assessment")))
    text = EVERY_KIND.replace("KIND", "assessment").replace("title: Check", "title: Check it")
    after = questions(version(parsed(folder(text))))
    for key in ("single", "several", "steps"):
        one, two = before[key], after[key]
        assert isinstance(one, contract.ChoiceQuestion | contract.OrderQuestion)
        assert isinstance(two, contract.ChoiceQuestion | contract.OrderQuestion)
        assert [choice.key for choice in one.choices] == [choice.key for choice in two.choices]
        assert {choice.id for choice in one.choices}.isdisjoint(c.id for c in two.choices)


def test_practice_carries_all_that_a_phone_needs_to_mark() -> None:
    """Offline marking: answers by ids, tolerance absolute, mapping with bounds."""
    course = every_kind("practice")
    found = version(course)
    asked = questions(found)

    def choice_id(*keys: str) -> str:
        return item_id(Kind.CHOICE, found.hash, "/".join(("lesson", *keys)))

    single, several, steps = asked["single"], asked["several"], asked["steps"]
    pairs, number, word, gaps = asked["pairs"], asked["number"], asked["word"], asked["gaps"]
    assert isinstance(single, contract.ChoiceQuestion)
    assert single.correct_ids == (choice_id("single", "zebra"),)
    assert [choice.key for choice in single.choices] == ["aardvark", "zebra", "bear"]
    assert isinstance(several, contract.ChoiceQuestion)
    assert several.mapping == {
        "entries": [
            {"response": [choice_id("several", "two")], "points": 1.0, "caseSensitive": False},
            {"response": [choice_id("several", "three")], "points": -1.0, "caseSensitive": False},
            {"response": [choice_id("several", "four")], "points": 1.0, "caseSensitive": False},
        ],
        "default": 0.0,
        "lower": 0.0,
        "upper": None,
    }
    assert (several.points, several.min_score, several.max_score) == (2.0, 0.0, 2.0)
    assert isinstance(steps, contract.OrderQuestion)
    written = ("first-step", "second-step", "third-step", "fourth-step")
    assert steps.correct_ids == tuple(choice_id("steps", key) for key in written)
    assert tuple(choice.key for choice in steps.choices) != written
    assert isinstance(pairs, contract.MatchQuestion)
    assert pairs.correct_pairs is not None
    assert pairs.correct_pairs[0] == (
        choice_id("pairs", "left-one"),
        choice_id("pairs", "right-one"),
    )
    assert [c.key for c in pairs.targets] != ["right-one", "right-two", "right-three"]
    assert isinstance(number, contract.NumericQuestion)
    assert (number.correct_number, number.tolerance, number.unit) == (731.25, 0.625, "%")
    assert isinstance(word, contract.TextEntryQuestion)
    assert word.accepted == ("Secretword", "Otherword")
    assert isinstance(gaps, contract.GapQuestion)
    assert gaps.text == {"en": f"Type {{{gaps.gaps[0].id}}} and pick {{{gaps.gaps[1].id}}}."}
    assert gaps.gaps[1].accepted == (choice_id("gaps", "gap-2", "rightpick"),)
    assert single.skills == (found.skills[0].id,)


@pytest.mark.parametrize("kind", ["practice", "assessment"])
def test_ids_tell_nothing_and_are_unique(kind: str) -> None:
    """An id is half a hash of the version and half a hash of the address."""
    found = version(every_kind(kind))
    ids = re.findall(r'"id":"([^"]+)"', as_json(found))
    items = [each for each in ids if each[:3] not in {"ver", "skl"}]
    assert len(items) == len(set(items))


def test_an_assessment_has_a_pass_score_even_if_its_author_gave_none() -> None:
    """Apps and progress never meet an assessment that nothing passes."""
    assert version(every_kind("assessment")).modules[0].lessons[0].pass_score == 0.8
    assert version(every_kind("practice")).modules[0].lessons[0].pass_score is None


def test_an_assessment_shows_no_key_of_its_author() -> None:
    """`{#right}` or `{#step-1}` would be read in the key, or guessed and confirmed by the id."""
    text = (
        "---\ntitle: Check\nkind: assessment\n---\n"
        "## Pick {#p}\n- [x] Yes! {#right}\n- [ ] Yes? {#wrong}\n- [ ] No\n\n"
        "## Sort {#s}\n1. Stop {#step-1}\n2. Look {#step-2}\n3. Look!\n"
    )
    found = version(parsed(folder(text)))
    pick, sort = (questions(found)[key] for key in ("p", "s"))
    assert isinstance(pick, contract.ChoiceQuestion)
    assert isinstance(sort, contract.OrderQuestion)
    shown = {choice.text["en"]: choice.key for choice in (*pick.choices, *sort.choices)}
    assert (shown["No"], shown["Stop"]) == ("no", "stop")
    hashed = [shown[text] for text in ("Yes!", "Yes?", "Look", "Look!")]
    assert all(re.fullmatch(r"[0-9a-f]{12}", key) for key in hashed)
    assert len(set(hashed)) == 4
    guesses = ("p/right", "p/wrong", "p/yes-2", "s/step-1", "s/step-2", "s/look-2")
    ids = {choice.id for choice in (*pick.choices, *sort.choices)}
    assert not ids & {item_id(Kind.CHOICE, found.hash, f"lesson/{each}") for each in guesses}


def test_the_right_choice_stands_anywhere_as_often() -> None:
    """A right answer that is often first is worth guessing: chi-square, one in a thousand."""
    course = parsed(folder(EVERY_KIND.replace("KIND", "assessment")))
    rounds = 240
    firsts, places = Counter[str](), Counter[int]()
    for secret in range(rounds):
        asked = questions(version(course, secret=secret.to_bytes(32)))
        single, steps = asked["single"], asked["steps"]
        assert isinstance(single, contract.ChoiceQuestion)
        assert isinstance(steps, contract.OrderQuestion)
        places[[choice.key for choice in single.choices].index("zebra")] += 1
        firsts[steps.choices[0].key] += 1
    assert _chi_square(places.values(), rounds, 3) < 13.8
    assert _chi_square(firsts.values(), rounds, 4) < 16.3


def _chi_square(counts: Iterable[int], total: int, cells: int) -> float:
    expected = total / cells
    return sum((count - expected) ** 2 / expected for count in counts)
