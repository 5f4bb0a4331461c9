"""Vectors of what is written: texts, numbers and typed gaps."""

from morsel.vectors.cases import (
    Vector,
    counted,
    no_answer,
    option,
    picked,
    right,
    says,
    typed,
    wrong,
)
from services.content.domain.course import (
    Gap,
    GapQuestion,
    MapEntry,
    NumericQuestion,
    PointMap,
    TextEntryQuestion,
)

TEXT = Vector(
    name="text-entry",
    question=TextEntryQuestion(
        prompt=says("What is the name for a forged sender?"),
        accepted=("Spoofing", "sender  spoofing"),
        explanation=says("It pretends."),
    ),
    cases=(
        right("as written", typed("Spoofing")),
        right("another case, blanks around", typed("  SPOOFING ")),
        right("a tab for a blank", typed("Sender\tspoofing")),
        right("a no-break space for a blank", typed("sender\u00a0spoofing")),
        right("several blanks and a line break", typed("sender \n  spoofing")),
        wrong("no blank at all", typed("senderspoofing")),
        wrong("part of it", typed("spoof")),
        wrong("with a full stop", typed("spoofing.")),
        wrong("a zero-width space is no blank", typed("sender\u200bspoofing")),
        wrong("nothing", typed("")),
        no_answer("no text", typed()),
        no_answer("two texts", typed("spoofing", "spoofing")),
        no_answer("a choice", picked("spoofing")),
    ),
)
UNICODE = Vector(
    name="text-entry-in-many-scripts",
    question=TextEntryQuestion(
        prompt=says("Type one of these words."),
        accepted=("café", "Straße", "ΟΔΥΣΣΕΥΣ", "İzmir", "東京", "ﬁn", "ψυχή", "kg", "👩‍🚀"),
    ),
    cases=(
        right("an accent as a character of its own", typed("cafe\u0301")),
        right("upper case with accent", typed("CAFÉ")),
        wrong("without the accent", typed("cafe")),
        right("sharp s is double s", typed("STRASSE")),
        right("capital sharp s", typed("STRAẞE")),
        right("a final sigma is a sigma", typed("οδυσσευς")),
        right("dotted capital i", typed("i\u0307zmir")),
        wrong("dotless i is another letter", typed("\u0131zmir")),
        wrong("plain i has no dot above", typed("izmir")),
        right("Japanese", typed("東京")),
        wrong("half-width and full-width differ", typed("\uff4b\uff47")),
        right("the Kelvin sign is a k", typed("\u212ag")),
        right("a ligature is its letters", typed("FIN")),
        right("Greek with accent in capitals", typed("ΨΥΧΉ")),
        right("an emoji of several code points", typed("👩‍🚀")),
        wrong("the same emoji without its joiner", typed("👩🚀")),
    ),
)
CASED = Vector(
    name="text-entry-that-minds-case",
    question=TextEntryQuestion(
        prompt=says("What measures acidity?"), accepted=("pH", "pH  value"), case_sensitive=True
    ),
    cases=(
        right("as written", typed("pH")),
        right("blanks still do not matter", typed(" pH value ")),
        wrong("another case", typed("ph")),
    ),
)
TEXT_MAPPED = Vector(
    name="text-entry-with-partial-credit",
    question=TextEntryQuestion(
        prompt=says("Which city has the Minster?"),
        accepted=("York",),
        mapping=PointMap(
            entries=(
                MapEntry(response=("York",), points=1.0, case_sensitive=True),
                MapEntry(response=("york",), points=0.75),
                MapEntry(response=("Yorck",), points=0.5),
            ),
            default=0.25,
        ),
    ),
    cases=(
        right("as written", typed("York")),
        right("another case: right, and worth less", typed("YORK"), score=0.75),
        wrong("nearly", typed("yorck"), score=0.5),
        wrong("anything else gets the default", typed("Leeds"), score=0.25),
        wrong("nothing typed gets nothing", typed("")),
    ),
)
EXACT = Vector(
    name="numeric",
    question=NumericQuestion(prompt=says("A third of 0.9?"), number=0.3),
    cases=(
        right("the number", counted(0.3)),
        right("a sum whose last bits are off", counted(0.1 + 0.2)),
        wrong("off by a ten-millionth", counted(0.3000001)),
        wrong("the other sign", counted(-0.3)),
        wrong("zero", counted(0.0)),
        no_answer("as a text", typed("0.3")),
    ),
)
WIDE = Vector(
    name="numeric-with-tolerance",
    question=NumericQuestion(
        prompt=says("What share of the 40 messages was fake, in percent?"),
        number=12.5,
        tolerance=0.5,
        unit="%",
        explanation=says("5 of 40."),
        points=4.0,
    ),
    cases=(
        right("the number", counted(12.5), score=4.0),
        right("on the upper bound", counted(13.0), score=4.0),
        right("on the lower bound", counted(12.0), score=4.0),
        wrong("just above", counted(13.001)),
        wrong("just below", counted(11.999)),
        wrong("huge", counted(1e300)),
    ),
)
DECIMAL = Vector(
    name="numeric-with-decimals",
    question=NumericQuestion(prompt=says("About 0.7?"), number=0.7, tolerance=0.1),
    cases=(
        right("a bound that binary fractions miss, above", counted(0.8)),
        right("and below", counted(0.6)),
        wrong("beyond it", counted(0.8001)),
    ),
)
LARGE = Vector(
    name="numeric-large-and-negative",
    question=NumericQuestion(
        prompt=says("How far below?"), number=-1_000_000_000_000_000.0, tolerance=1.0
    ),
    cases=(
        right("the number", counted(-1e15)),
        right("on the bound", counted(-999_999_999_999_999.0)),
        wrong("five off", counted(-1_000_000_000_000_005.0)),
        wrong("the other sign", counted(1e15)),
    ),
)
NUMBER_MAPPED = Vector(
    name="numeric-with-partial-credit",
    question=NumericQuestion(
        prompt=says("What share of the 40 messages was fake, in percent?"),
        number=12.5,
        tolerance=0.25,
        mapping=PointMap(
            entries=(
                MapEntry(response=("12.5",), points=2.0),
                MapEntry(response=("12.50001",), points=1.75),
                MapEntry(response=("0.125",), points=1.0),
                MapEntry(response=("1e3",), points=-1.0),
            ),
            default=0.5,
            lower=0.0,
        ),
    ),
    cases=(
        right("the number", counted(12.5), score=2.0),
        right("a value of its own within the tolerance", counted(12.50001), score=1.75),
        right("within the tolerance, and named by none", counted(12.6), score=0.5),
        wrong("a share of 1", counted(0.125), score=1.0),
        wrong("any other", counted(7.0), score=0.5),
        wrong("below the bound", counted(1000.0), score=0.0),
    ),
)
ZERO = Vector(
    name="numeric-zero",
    question=NumericQuestion(prompt=says("Two minus two?"), number=0.0),
    cases=(
        right("zero", counted(0.0)),
        right("minus zero", counted(-0.0)),
        wrong("nearly", counted(1e-9)),
    ),
)
GAPS = Vector(
    name="typed-and-picked-gaps",
    question=GapQuestion(
        prompt=says("Fill the gaps."),
        text=says("Never {gap-1} a link under {gap-2}; check the {gap-3}."),
        gaps=(
            Gap(key="gap-1", accepted=("click", "tap")),
            Gap(key="gap-2", options=(option("pressure", correct=True), option("praise"))),
            Gap(key="gap-3", accepted=("URL",), case_sensitive=True),
        ),
    ),
    cases=(
        right("all", typed("Tap", "pressure", "URL")),
        right("blanks around", typed(" click ", "pressure", "URL ")),
        wrong("one minds case", typed("Tap", "pressure", "url")),
        wrong("one is wrong", typed("press", "pressure", "URL")),
        wrong("one is left empty", typed("Tap", "", "URL")),
        no_answer("the text of an option, not its id", typed("Tap", "Pressure", "URL")),
        no_answer("too few", typed("Tap", "pressure")),
        no_answer("too many", typed("Tap", "pressure", "URL", "")),
    ),
)
GAPS_MAPPED = Vector(
    name="gaps-with-partial-credit",
    question=GapQuestion(
        prompt=says("Fill the gaps. Each one counts."),
        text=says("{gap-1}, then {gap-2}."),
        gaps=(
            Gap(key="gap-1", accepted=("stop",)),
            Gap(key="gap-2", options=(option("look", correct=True), option("run"))),
        ),
        mapping=PointMap(
            entries=(
                MapEntry(response=("gap-1", "Stop"), points=1.0),
                MapEntry(response=("gap-2", "look"), points=2.0),
                MapEntry(response=("gap-2", "run"), points=-1.0),
            ),
            lower=0.0,
        ),
    ),
    cases=(
        right("both", typed("STOP", "look"), score=3.0),
        wrong("the typed one only", typed("stop", ""), score=1.0),
        wrong("the picked one only", typed("halt", "look"), score=2.0),
        wrong("a mistake costs", typed("stop", "run"), score=0.0),
        wrong("held at the lower bound", typed("", "run"), score=0.0),
    ),
)
WRITING = (
    TEXT,
    UNICODE,
    CASED,
    TEXT_MAPPED,
    EXACT,
    WIDE,
    DECIMAL,
    LARGE,
    NUMBER_MAPPED,
    ZERO,
    GAPS,
    GAPS_MAPPED,
)
"""Every vector of what is written."""
