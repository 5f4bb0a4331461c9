"""Pandoc's divs: callouts, exercises with their solutions, what is for teachers."""

import pytest

from services.content.domain.course import Tone
from tests.services.content.importers.books import shown, told

EXERCISE = """::::::: challenge

## Try it

Which one?

```bash
ls
```

::: hint
Look.
:::

:::::::: solution

## Solution

The first:

```bash
ls -a
```

:::

::::

After.
"""


@pytest.mark.parametrize(
    "div,tone",
    [
        ("callout", Tone.NOTE),
        ("note", Tone.NOTE),
        ("tip", Tone.TIP),
        ("warning", Tone.WARNING),
        ("danger", Tone.DANGER),
        ("{.tip #id}", Tone.TIP),
        ("{.callout-x .tip}", None),
    ],
)
def test_a_div_becomes_a_callout(div: str, tone: Tone | None) -> None:
    """A remark would run into the text around it."""
    page = f"Before.\n\n::: {div}\n\n## Head\n\nText with `code`.\n\n- a\n\n:::\n\nAfter.\n"
    assert shown(page) == [
        ("text", "Before."),
        (str(tone or Tone.NOTE), "**Head**\n\nText with `code`.\n\n- a"),
        ("text", "After."),
    ]
    unknown = "CHANGED page.md:3: `::: callout-x` is not known: it becomes a note"
    assert told(page) == ([] if tone else [unknown])


def test_a_div_without_heading_is_named_where_its_tone_does_not_say_it() -> None:
    """A list of questions without a word of what it is."""
    assert shown("::: objectives\n- a\n:::\n::: tip\nb\n:::\n") == [
        ("note", "**Objectives**\n\n- a"),
        ("tip", "b"),
    ]


def test_an_exercise_is_cards_with_its_hint_and_solution_behind() -> None:
    """Its code would lose its colours in a callout, its solution be shown before it."""
    assert shown(EXERCISE) == [
        ("text", "## Try it\n\nWhich one?"),
        ("code bash", "ls"),
        ("tip", "**Hint**\n\nLook."),
        ("tip", "**Solution**\n\nThe first:\n\n```bash\nls -a\n```"),
        ("text", "After."),
    ]
    assert told(EXERCISE) == [
        "READ_ONLY page.md:1: an exercise is read, with its solution below it: no answer is marked"
    ]


def test_a_fence_inside_a_callout_is_longer_than_what_it_holds() -> None:
    """Code about Markdown would end its own block."""
    page = "::: tip\n````\n```\nx\n```\n````\n:::\n"
    assert shown(page) == [("tip", "````\n```\nx\n```\n````")]


def test_divs_that_only_arrange_are_seen_through() -> None:
    """Columns and tabs stand below each other on a phone."""
    page = ":::: {.columns}\n::: {.column width=50%}\nLeft.\n:::\n::: column\nRight.\n:::\n::::\n"
    assert shown(page) == [("text", "Left.\n\nRight.")]
    assert told(page) == []


def test_what_is_for_teachers_is_left_out_and_told() -> None:
    """Learners would read how to teach them."""
    assert shown("a\n\n::: instructor\nb\n:::\n") == [("text", "a")]
    assert told("a\n\n::: instructor\nb\n:::\n") == [
        "SKIPPED page.md:3: `::: instructor` is for teachers, and left out"
    ]


def test_a_div_that_is_never_closed_ends_with_the_page() -> None:
    """What stands behind it would be lost."""
    assert shown("::: tip\na\n") == [("tip", "a")]
    assert told("::: tip\na\n") == [
        "CHANGED page.md:1: this div is never closed with `:::`: it is taken to end with the page"
    ]


def test_a_closing_line_that_closes_nothing_is_told() -> None:
    """It often means that an opening line was misspelt."""
    assert shown("a\n\n:::\n\nb\n") == [("text", "a\n\nb")]
    assert told("a\n\n:::\n\nb\n") == [
        "CHANGED page.md:3: `:::` closes nothing here: it is left out"
    ]


def test_colons_in_code_are_code() -> None:
    """A page about divs would be cut to pieces by its examples."""
    page = "```\n::: tip\n```\n\n1. ```\n   :::\n   ```\n"
    assert shown(page) == [("code", "::: tip"), ("text", "1. ```\n   :::\n   ```")]
    assert told(page) == []
