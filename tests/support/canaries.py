"""A course whose assessment holds a word or number of its own wherever an answer might be told.

Whoever finds one of them outside has found a leak, and its name says where it came from.
"""

import hashlib
from string import ascii_lowercase

from tests.services.content.samples import FRONT, folder, picture, zipped

SLUG = "canaries"
HEAD = """slug: canaries
title: {en: Checking, es: Revisar}
summary: {en: About checks., es: Sobre revisiones.}
language: en
skills:
  - {name: Checking things, framework: TEST, code: C1}
modules:
  - {key: one, title: {en: One, es: Uno}, lessons: [learn.md, check.md]}
achievement:
  name: {en: Checker, es: Revisor}
  description: {en: Checks., es: Revisa.}
  criteria: {en: Did it., es: Listo.}
  pass: 50%
"""
CHECK = """---
title: TITLE
kind: assessment
skills: [C1]
attempts: 3
---
## Choose PROMPT {#choose default=-{n:default}}
- [ ] ![Alpha](alpha.png) Alpha {#{k:wrong} points=-{n:wrong}} > {w:feedback-wrong}
- [x] Beta {#{k:right} points={n:right}} > {w:feedback-right}
- [x] Gamma {#{k:right-too} points={n:right-too}} > {w:feedback-right-too}
- [ ] Delta {#{k:unnamed}} > {w:feedback-unnamed}
? {w:hint-choose}
! {w:explanation-choose}

## Pick one PROMPT {#pick}
- [ ] Epsilon > {w:feedback-one}
- [x] Zeta {#{k:one-right}} > {w:feedback-one-right}
? {w:hint-pick}
! {w:explanation-pick}

## Sort PROMPT {#sort}
1. Eta {#{k:first} points={n:first}}
2. Theta {#{k:second} points={n:second}}
3. Iota {#{k:third} points={n:third}}
4. Kappa {#{k:fourth}}
? {w:hint-sort}
! {w:explanation-sort}

## Match PROMPT {#match}
- Lambda {#{k:source}} => Mu {#{k:target} points={n:pair}}
- Nu => Xi {#{k:target-too} points={n:pair-too}}
- => Omicron {#{k:left-over}}
? {w:hint-match}
! {w:explanation-match}

## Write PROMPT {#write}
= {w:accepted} | {w:accepted-too}
~ 2 = {w:accepted}
~ -{n:nearly} = {w:nearly}
? {w:hint-write}
! {w:explanation-write}

## Count PROMPT {#count}
= {n:number} +- {n:tolerance} apples
~ 3 = {n:number}
~ -{n:count-near} = {n:near}
? {w:hint-count}
! {w:explanation-count}

## Fill PROMPT {#fill}
Pi {{{w:typed}|{w:typed-too}}} rho [[sigma {#{k:option} points=-{n:option}} > {w:option}|TAU]].
~ {n:typed} = gap-1 => {w:typed}
? {w:hint-fill}
! {w:explanation-fill}
"""

TAU = "*tau {#{k:filled} points={n:filled}} > {w:filled}"


class Canaries:
    """Words and numbers that stand nowhere else, by the place that they were put in."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def fill(self, text: str, *, locale: str) -> str:
        """Return a text with each `{w:place}`, `{k:place}` and `{n:place}` filled."""
        parts = text.split("{w:")
        filled = parts[0] + "".join(self._take(f"{locale}-word", part) for part in parts[1:])
        for mark, kind in (("{k:", "key"), ("{n:", "number")):
            first, *rest = filled.split(mark)
            filled = first + "".join(self._take(kind, part) for part in rest)
        return filled

    def _take(self, kind: str, part: str) -> str:
        place, rest = part.split("}", 1)
        name = f"{kind} {place}"
        digest = hashlib.sha256(name.encode()).digest()
        if kind == "number":
            told = f"{1 + digest[0] % 8}.{100_000 + int.from_bytes(digest[1:4]) % 899_999 | 1}"
        else:
            told = "zq" + "".join(ascii_lowercase[each % 26] for each in digest[:9])
        self.places[name] = told
        return told + rest

    def found_in(self, text: str) -> list[str]:
        """Return the places of all that stand in a text."""
        folded = text.casefold()
        return [place for place, told in self.places.items() if told in folded]

    @property
    def words(self) -> list[str]:
        """Return those that could be searched for."""
        return [told for place, told in self.places.items() if not place.startswith("number")]


def canary_course() -> tuple[Canaries, bytes]:
    """Return the canaries, and the package of the course that holds them."""
    canaries, text = Canaries(), CHECK.replace("TAU", TAU)
    english = canaries.fill(text.replace("TITLE", "Check").replace("PROMPT", "this"), locale="en")
    spanish = canaries.fill(text.replace("TITLE", "Prueba").replace("PROMPT", "eso"), locale="es")
    files = folder(
        "",
        course__yaml=HEAD,
        learn__md=f"{FRONT}Read this.\n\n## Two and two?\n= 4\n",
        learn__es__md=f"{FRONT}Lee esto.\n\n## ¿Dos y dos?\n= 4\n",
        check__md=english,
        check__es__md=spanish,
        alpha__png=picture(),
    )
    del files["lesson.md"]
    return canaries, zipped(files)
