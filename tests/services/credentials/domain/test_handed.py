"""What people hand in: whatever it is, it is read or refused in words."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.credentials.contract import CheckName
from services.credentials.domain import handed, jwt
from services.credentials.domain.baking import bake, make_chunk
from services.credentials.domain.did import key_document
from services.credentials.domain.handed import Address, Handed
from services.credentials.domain.openbadges2.assertion import Assertion, wanted
from services.credentials.domain.openbadges2.verification import verify_assertion
from services.credentials.domain.shape import Presented
from services.credentials.domain.verification import Findings, references, verify
from services.kit.errors import ServiceError
from tests.support.badges import DID, SIGNER, badge, known_contexts, sign

SIGNED = sign(badge())
TEXT = msgspec.json.encode(SIGNED).decode()
TOKEN = jwt.secure(badge(), signer=SIGNER)
SVG = bake(b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', TEXT)
PNG = bake(
    b"\x89PNG\r\n\x1a\n"
    + make_chunk(b"IHDR", bytes(13))
    + make_chunk(b"IDAT", b"")
    + make_chunk(b"IEND", b""),
    TOKEN,
)
FILES = [TEXT.encode(), TOKEN.encode(), SVG, PNG]
FINDINGS = Findings(
    now=datetime(2026, 11, 26, tzinfo=UTC),
    contexts=known_contexts(),
    documents={DID: key_document(DID)},
)


def test_each_form_is_told_by_how_it_begins() -> None:
    """Guards against a form that the fuzzing below never reaches."""
    found = [handed.read_bytes(raw) for raw in FILES]

    assert all(isinstance(each, Presented) and verify(each, FINDINGS).verified for each in found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_is_answered_in_words(raw: bytes, data: st.DataObject) -> None:
    """Guards against a file that was cut off, or made to break whoever reads it."""
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    cut = data.draw(st.integers(0, len(changed)))

    for each in (bytes(changed), bytes(changed[:cut])):
        answered(lambda each=each: handed.read_bytes(each))
        encoded = b64encode(each).decode()
        answered(lambda encoded=encoded: handed.read_picture(encoded))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
@example("https://")
@example("https://[")
@example("{" * 1_000)
@example("[" * 100_000)
@example('{"@context": "https://w3id.org/openbadges/v2", "type": {}}')
@example(
    '{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "badge": {"issuer": 7}}'
)
@example('{"a": 1e999}')
@example('{"a": ' + "9" * 5_000 + "}")
@example("\ud800")
@example("..")
@example("e30.e30.")
@example("data:;base64,")
def test_any_text_is_answered_in_words(text: str) -> None:
    """Guards against something pasted by mistake that ends in an error."""
    answered(lambda: handed.read_text(text))
    answered(lambda: handed.read_picture(text))
    answered(lambda: handed.read_compact(text))


def answered(read: Any) -> None:
    """Check that something is read and judged, or refused with a ServiceError and words."""
    try:
        found: Handed = read()
    except ServiceError:
        return
    if isinstance(found, Address):
        return
    if isinstance(found, Assertion):
        wanted(found, {})
        checks = verify_assertion(found, {}, FINDINGS.now).checks
    else:
        references(found)
        checks = verify(found, FINDINGS).checks
    assert [check.name for check in checks] == list(CheckName)
