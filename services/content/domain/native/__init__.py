"""The native course format: a folder that a person likes to write and git likes to diff.

`docs/course-format.md` tells authors of it. A folder holds `course.yaml` and one Markdown file a
lesson; a translation of `NAME.md` is `NAME.es.md`, card by card; pictures lie beside. YAML front
matter of a lesson gives `title` and `kind: practice | assessment` (with `attempts`, `pass`,
`skills`, `minutes`, `key`), and each `##` begins a card:

    ## Prompt {#key points=2 skills=T1566}   key and points where the author wants to say them
    - [ ] wrong > feedback                   choice; several [x], or {.multiple}: all that apply
    - [x] right {#key points=1}              points on choices: partial credit
    1. first                                 order: alone under its heading, or {.order}
    - source => target                       match; `- => target` is one too many
    = 12.5 +- 0.5 %                          numeric; `= 200 ~ 5% kg`: the tolerance is a share
    = one | another                          text entry; `==` minds upper and lower case
    Fill {{typed|also right}}, [[no|*yes]]   gaps, typed or picked with a star at the right one
    ~ 0.5 = value                            partial credit; {default= lower= upper=} on the heading
    ? hint
    ! explanation
    - front :: back                          flashcards
    ![alt text](file.png "caption")          a picture, alone on its line
    ::: tip ... :::                          a callout: note, tip, warning or danger
    ::: video ... :::                        audio, video: `- file: url`, then the transcript
    ``` python ... ```                       code
    ``` morsel ... ```                       a block as YAML: what Markdown has no words for
    ## {.same}                               in a translation: the card is as in the source

Prose just above what is asked joins the prompt. Everything else is Markdown to read; {.text} on a
heading makes its whole card so. `parse` reports every problem with file, line and what is allowed;
`write` is its reverse. `pathway.yaml` is a stack of courses.
"""

from services.content.domain.native.parse import MANIFEST, Parsed, Unused, is_native, parse
from services.content.domain.native.pathway import (
    PATHWAY,
    ParsedPathway,
    PathwayFile,
    parse_pathway,
    write_pathway,
)
from services.content.domain.native.writing import write

__all__ = [
    "MANIFEST",
    "PATHWAY",
    "Parsed",
    "ParsedPathway",
    "PathwayFile",
    "Unused",
    "is_native",
    "parse",
    "parse_pathway",
    "write",
    "write_pathway",
]
