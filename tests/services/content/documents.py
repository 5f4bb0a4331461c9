"""Course documents made up by hypothesis: everything that the format can hold, however odd."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from services.content.domain.course import (
    Achievement,
    AnyBlock,
    AnyQuestion,
    AudioBlock,
    CalloutBlock,
    Caption,
    Choice,
    ChoiceQuestion,
    CodeBlock,
    Competency,
    Course,
    Flashcard,
    FlashcardBlock,
    Gap,
    GapQuestion,
    ImageBlock,
    Lesson,
    LessonKind,
    Level,
    MapEntry,
    MatchQuestion,
    Module,
    NumericQuestion,
    Option,
    OrderQuestion,
    Picture,
    PointMap,
    QuestionBlock,
    Rendition,
    TextBlock,
    TextEntryQuestion,
    Texts,
    Tone,
    VideoBlock,
)
from services.content.domain.identity import skill_id

T = TypeVar("T")
LANGUAGE = "en"
LOCALES = ("es", "pt-BR", "zh-Hant-TW")
HASHES = ("1" * 64, "2" * 64, "3" * 64)
NAMES = ("cover.png", "Cover.PNG", "img/a b.jpg", "../up.png", "cover.png/x.gif", "x(1).webp", None)

_ODD = """|;*;}};{{a|b}};[[a|*b]];{gap-1}; > ; => ; :: ;\\>;\\|;\\;`;```;~~~;:::;::: tip;{#key}
{.text};points=2;# ;## ;### ;---;- ;- [x] ;1. ;= ;== ;? ;! ;~ ;![a](b.png);";'
<b>;null;1.0;no;: ;é;漢字
{.same};😀""".replace("\n", ";").split(";")
_LINES = ["\n", "\n\n", "\t", "  ", "\u2028", "\x85", "\u00a0", "| a | b |\n|---|---|\n| 1 | 2 |"]
_FENCE = "```morsel\ntype: text\n```"
_WORDS = st.sampled_from(["word", "Two words", "12", "a", *_ODD, *_LINES, _FENCE])
TEXT = st.lists(_WORDS, min_size=1, max_size=5).map("".join).filter(str.strip)
"""A text with what means something to Markdown, YAML or the format."""
PLAIN = st.lists(st.sampled_from(["word", "more", "Zwölf", "x."]), min_size=1, max_size=4).map(
    " ".join
)
_KEYS = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,6}[a-z0-9])?", fullmatch=True)


def _texts(text: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[Texts]:
    """A text in the course's language: alone, in one more, or in some others."""
    alone: st.SearchStrategy[Texts] = st.just({})
    some = st.dictionaries(st.sampled_from(LOCALES), text, max_size=2)
    spanish = st.builds(lambda words: {"es": words}, text)
    others = st.one_of(alone, alone, alone, alone, spanish, some)
    return st.builds(lambda own, more: {**more, LANGUAGE: own}, text, others)


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


TEXTS = st.one_of(_texts(PLAIN), _texts(PLAIN), _texts(PLAIN), _texts())
PICTURE = st.builds(Picture, hash=st.sampled_from(HASHES), alt=TEXTS, file=st.sampled_from(NAMES))
POINTS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 1 / 3, -1.0])


def _keyed(
    make: Callable[[str], st.SearchStrategy[T]], *, least: int = 1, most: int = 3
) -> st.SearchStrategy[tuple[T, ...]]:
    """A few things, each with a key of its own."""
    keys = st.lists(_KEYS, min_size=least, max_size=most, unique=True)
    return keys.flatmap(lambda found: st.tuples(*map(make, found)))


def _choice(key: str) -> st.SearchStrategy[Choice]:
    return st.builds(Choice, key=st.just(key), text=TEXTS, image=_maybe(PICTURE))


def _option(key: str) -> st.SearchStrategy[Option]:
    return st.builds(
        Option,
        key=st.just(key),
        text=TEXTS,
        image=_maybe(PICTURE),
        correct=st.booleans(),
        feedback=_maybe(TEXTS),
    )


def _gap(key: str) -> st.SearchStrategy[Gap]:
    accepted = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
    typed = st.builds(Gap, key=st.just(key), accepted=accepted, case_sensitive=st.booleans())
    return typed | st.builds(Gap, key=st.just(key), options=_keyed(_option, least=2))


GAPS = st.integers(1, 3).flatmap(
    lambda count: st.tuples(*(_gap(f"gap-{place}") for place in range(1, count + 1)))
) | _keyed(_gap)


@st.composite
def _gap_question(draw: st.DrawFn, /, **more: st.SearchStrategy[Any]) -> GapQuestion:
    gaps = draw(GAPS)
    tokens = " ".join(f"{draw(TEXT)}{{{gap.key}}}" for gap in gaps)
    text = {tag: f"{words}{tokens}" for tag, words in draw(TEXTS).items()}
    given = {name: draw(strategy) for name, strategy in more.items()}
    return GapQuestion(text=text, gaps=gaps, **given)


@st.composite
def _match_question(draw: st.DrawFn, /, **more: st.SearchStrategy[Any]) -> MatchQuestion:
    sources, targets = draw(_keyed(_choice)), draw(_keyed(_choice))
    pairs = tuple((source.key, draw(st.sampled_from(targets)).key) for source in sources)
    given = {name: draw(strategy) for name, strategy in more.items()}
    return MatchQuestion(sources=sources, targets=targets, pairs=pairs, **given)


def _responses(question: AnyQuestion) -> list[tuple[str, ...]]:
    """Return values of responses that a question knows."""
    match question:
        case ChoiceQuestion(options=options):
            return [(option.key,) for option in options]
        case OrderQuestion(choices=choices):
            return [(choice.key, str(place)) for choice in choices for place in (1, 2)]
        case MatchQuestion(sources=sources, targets=targets):
            return [(source.key, target.key) for source in sources for target in targets]
        case TextEntryQuestion(accepted=accepted):
            return [(text,) for text in accepted]
        case NumericQuestion(number=number):
            return [(f"{number:g}",)]
        case GapQuestion(gaps=gaps):
            words = [(gap, word) for gap in gaps for word in gap.accepted]
            picked = [(gap, option.key) for gap in gaps for option in gap.options]
            return [(gap.key, word) for gap, word in words + picked]


@st.composite
def _credited(draw: st.DrawFn, questions: st.SearchStrategy[AnyQuestion]) -> AnyQuestion:
    """Return a question, often with points for responses that it knows."""
    question = draw(questions)
    responses = _responses(question)
    if question.mapping is None or not responses or draw(st.booleans()):
        return question
    known = st.builds(
        MapEntry,
        response=st.sampled_from(responses),
        points=POINTS,
        case_sensitive=st.booleans(),
    )
    entries = draw(st.lists(known, max_size=4).map(tuple))
    mapping = msgspec.structs.replace(question.mapping, entries=entries)
    return msgspec.structs.replace(question, mapping=mapping)


def _questions(skills: tuple[str, ...]) -> st.SearchStrategy[AnyQuestion]:
    entry = st.builds(MapEntry, response=st.tuples(TEXT), points=POINTS)
    entries = st.lists(entry, max_size=2).map(tuple)
    shared: dict[str, st.SearchStrategy[Any]] = {
        "prompt": TEXTS,
        "points": POINTS.map(abs),
        "mapping": _maybe(st.builds(PointMap, entries=entries, lower=_maybe(POINTS))),
        "skills": st.lists(st.sampled_from(skills), unique=True).map(tuple),
        "hint": _maybe(TEXTS),
        "explanation": _maybe(TEXTS),
    }
    numbers = st.floats(-1e15, 1e15) | st.integers(-1000, 1000).map(float)
    return (
        st.builds(ChoiceQuestion, options=_keyed(_option), multiple=st.booleans(), **shared)
        | st.builds(OrderQuestion, choices=_keyed(_choice), **shared)
        | _match_question(**shared)
        | st.builds(
            TextEntryQuestion,
            accepted=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
            case_sensitive=st.booleans(),
            **shared,
        )
        | st.builds(
            NumericQuestion,
            number=numbers,
            tolerance=numbers.map(abs),
            unit=_maybe(st.sampled_from(["%", "kg", "m/s", " odd", "+- 1"])),
            **shared,
        )
        | _gap_question(**shared)
    )


def _block(key: str, skills: tuple[str, ...]) -> st.SearchStrategy[AnyBlock]:
    own = st.just(key)
    seconds = _maybe(st.integers(1, 600))
    flashcards = _keyed(
        lambda each: st.builds(Flashcard, key=st.just(each), front=TEXTS, back=TEXTS)
    )
    rendition = st.builds(Rendition, url=TEXT, media_type=TEXT, height=seconds, bytes=seconds)
    caption = st.builds(Caption, url=TEXT, locale=st.sampled_from(LOCALES))
    return (
        st.builds(TextBlock, key=own, markdown=TEXTS)
        | st.builds(ImageBlock, key=own, image=PICTURE, caption=_maybe(TEXTS))
        | st.builds(AudioBlock, key=own, url=TEXT, transcript=_maybe(TEXTS), seconds=seconds)
        | st.builds(
            VideoBlock,
            key=own,
            renditions=st.lists(rendition, max_size=2).map(tuple),
            captions=st.lists(caption, max_size=2).map(tuple),
            transcript=_maybe(TEXTS),
            poster=_maybe(PICTURE),
        )
        | st.builds(
            CodeBlock,
            key=own,
            language=st.sampled_from(["", "python", "morsel", "a b"]),
            source=TEXT,
        )
        | st.builds(CalloutBlock, key=own, tone=st.sampled_from(Tone), markdown=TEXTS)
        | st.builds(FlashcardBlock, key=own, cards=flashcards)
        | st.builds(QuestionBlock, key=own, question=_credited(_questions(skills)))
    )


@st.composite
def _lesson(draw: st.DrawFn, key: str, skills: tuple[str, ...]) -> Lesson:
    kind = draw(st.sampled_from(LessonKind))
    assessed = kind is LessonKind.ASSESSMENT
    return Lesson(
        key=key,
        title=draw(TEXTS),
        kind=kind,
        minutes=draw(st.none() | st.integers(1, 600)),
        attempts=draw(st.integers(1, 9)) if assessed else None,
        pass_score=draw(st.none() | st.floats(0.01, 1)) if assessed else None,
        skills=tuple(draw(st.lists(st.sampled_from(skills), unique=True))),
        blocks=draw(_keyed(lambda each: _block(each, skills))),
    )


COMPETENCY = st.builds(
    Competency,
    name=TEXT,
    description=_maybe(TEXT),
    framework=_maybe(TEXT),
    code=_maybe(TEXT | st.sampled_from(["A1", "A2"])),
    url=_maybe(TEXT),
)
ACHIEVEMENT = st.builds(
    Achievement,
    name=TEXTS,
    description=TEXTS,
    criteria=TEXTS,
    version=st.sampled_from(["1", "2", "2026.1", "null", " odd "]),
    pass_score=st.sampled_from([0.8, 0.07, 1.0, 1 / 3]),
    valid_for_days=_maybe(st.integers(1, 36_500)),
    image=_maybe(PICTURE),
)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A course with everything in it, its keys unique where they must be."""
    skills = draw(st.lists(COMPETENCY, min_size=1, max_size=3, unique_by=skill_id))
    ids = tuple(map(skill_id, skills))
    lessons = draw(_keyed(lambda key: _lesson(key, ids), most=2))
    modules = draw(_keyed(lambda key: st.builds(Module, key=st.just(key), title=TEXTS), most=2))
    return Course(
        slug=draw(_KEYS),
        language=LANGUAGE,
        title=draw(TEXTS),
        summary=draw(TEXTS),
        level=draw(st.sampled_from(Level)),
        tags=tuple(draw(st.lists(TEXT, max_size=3))),
        cover=draw(st.none() | PICTURE),
        skills=tuple(skills),
        job_roles=tuple(draw(st.lists(COMPETENCY, max_size=2))),
        modules=(Module(key="all", title={LANGUAGE: "All"}, lessons=lessons), *modules),
        achievement=draw(st.none() | ACHIEVEMENT),
    )
