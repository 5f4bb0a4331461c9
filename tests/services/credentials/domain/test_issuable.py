"""Whatever an author writes: it is refused before it is signed, or it survives every form."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.credentials.domain import baking, jwt, proofs
from services.credentials.domain.badge import make_badge
from services.credentials.domain.certificate import Looks, make_certificate
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.printed import paragraphs
from services.credentials.domain.rdf import Canonicalise
from services.credentials.domain.shape import check_open_badge, read_json, read_token
from services.credentials.domain.signing import SeedSigner
from services.credentials.domain.text import in_language
from services.kit.errors import Invalid
from tests.services.credentials.domain.test_baking import SVG, png
from tests.support import obschema

ANY = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["]]>", "<![CDATA[", '"\\', "\u202eevil", "\ufffe\uffff", "سلامة", "x" * 10_000, "#let $x$ ="]
)
TAGS = st.sampled_from(
    ["en", "EN-us", "zh-hant-TW", "de-CH-1996", "es-419", "sr-Latn", "tlh", "i-x"]
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
URLS = st.none() | ANY | ANY.map(lambda text: f"https://x.example/{text}")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=ANY, words=ANY, url=URLS, language=TAGS, holder=ANY)
def test_it_is_refused_or_survives(
    award: Award,
    signer: SeedSigner,
    canonicalise: Canonicalise,
    name: str,
    words: str,
    url: str | None,
    language: str,
    holder: str,
) -> None:
    """Guards against a credential that is signed and that some verifier, or some form, breaks."""
    odd = written(award, name=name, words=words, url=url, language=language, holder=holder)
    try:
        document = make_credential(odd)
        created = document["validFrom"]
        signed = proofs.secure(document, signer=signer, created=created, canonicalise=canonicalise)
    except Invalid:
        assert any(CONTROLS.search(text) for text in (name, words, url or ""))
        return

    text, token = msgspec.json.encode(signed).decode(), jwt.secure(document, signer=signer)
    assert obschema.problems(signed) == []
    check_open_badge(document)
    assert read_json(text).document == read_token(token).document == document
    for picture in (png(), SVG.encode()):
        assert msgspec.json.decode(baking.unbake(baking.bake(picture, text))) == signed
        assert baking.unbake(baking.bake(picture, token)) == token


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=ANY, words=ANY, holder=ANY)
def test_what_is_printed_turns_nothing_around(
    award: Award, name: str, words: str, holder: str
) -> None:
    """Guards against a name that rewrites the line that it stands in (U+202E), or that fills it."""
    odd = written(award, name=name, words=words, url=None, language="en", holder=holder)
    try:
        document = make_credential(odd)
    except Invalid:
        return

    badge = make_badge(document["credentialSubject"]["achievement"], issuer=name, level=None)
    looks = Looks(address="https://x.example", badge="", code="")
    certificate = make_certificate("{}", document, looks)
    for text in (badge.name, badge.issuer, badge.skills, certificate.holder, *certificate.criteria):
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r")
    assert max(map(len, (badge.name, badge.issuer, badge.skills))) < 170


@pytest.mark.parametrize(
    "tag,written",
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("zh-cmn-hans", "zh-Hans"),
        ("de-CH-1996", "de-CH"),
        ("es-419", "es-419"),
        ("en-x-private", "en"),
        ("i-klingon", None),
        ("german", None),
    ],
)
def test_a_language_is_written_as_the_schema_asks(tag: str, written: str | None) -> None:
    """Guards against badges of a course in zh-hant that the official schema refuses."""
    assert in_language(tag) == written


def test_markdown_is_printed_as_it_reads() -> None:
    """Guards against stars and brackets on paper, or against what stands between them lost."""
    text = (
        "# Head\n\n- *one* `two`\n- [three](https://x.example)\n\n1. four\n\na\nb **c**  \n&amp;\n"
    )

    assert paragraphs(text) == ("Head", "• one two", "• three", "1. four", "a b c &")


def written(award: Award, *, name: str, words: str, url: Any, language: str, holder: str) -> Award:
    """Return an award of those words."""
    definition = award.definition
    texts = {language: words}
    return replace(
        award,
        definition=replace(
            definition,
            language=language,
            award=replace(
                definition.award, name={language: name}, description=texts, criteria=texts
            ),
            skills=(replace(definition.skills[0], name=name, url=url, framework=words),),
        ),
        completion=replace(award.completion, name=holder, email=holder),
    )
