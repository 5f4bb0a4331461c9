"""How many credentials are signed in a second on one core, beside Digital Bazaar's library.

Run: python -m tests.bench.signing   (installs the npm client once; prints rates and their ratio)

A credential goes from an award to bytes: made, secured, encoded. Of a proof set and of
eddsa-rdfc-2022 alone, which is what the npm library makes; and of VC-JWT. Bars: 1,000 by Data
Integrity and 5,000 tokens a second, and 10 times the npm library.

Measured with other work running (load 6 to 12) on credentials of 4,325 bytes, a second:

    @digitalbazaar/vc, eddsa-rdfc-2022      109
    the whole way, eddsa-rdfc-2022          449   ratio  4.1
    templates, eddsa-rdfc-2022            4,806   ratio 44.2
    templates, both proofs                3,233   ratio 29.7
    VC-JWT                                8,765   ratio 80.6
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from services.credentials.domain import jwt, proofs, rdf
from services.credentials.domain.contexts import Contexts
from services.credentials.domain.credential import Award, make_credential
from services.credentials.domain.issuer import make_issuer
from services.credentials.domain.records import StatusPlace, define
from services.credentials.domain.signing import SeedSigner
from services.credentials.domain.template import Templates
from services.credentials.repository.wheel import load_contexts
from tests.support.awards import completion_of, course_version
from tests.support.npm import Run, find_node, install

COUNT, ROUNDS = 3_000, 3
WHOLE, OUTSIDE = 200, 100
"""Credentials for the whole way, without templates, and for the npm library: both are slower."""
ORIGIN, DID = "https://learn.example", "did:web:learn.example:issuers:guild"
BEGUN = datetime(2026, 11, 26, tzinfo=UTC)
SIGNER = SeedSigner(b"s" * 32, method_id=f"{DID}#key-1")

Make = Callable[[Award], bytes]


def awards(count: int) -> list[Award]:
    """Return awards of one achievement to different people, as 100 were reached each second."""
    version = course_version()
    definition, issuer = define(version), make_issuer(DID, name="Guild of Ladders", url=ORIGIN)
    return [
        Award(
            url=f"{ORIGIN}/credentials/crd_{number:022}",
            issuer=issuer,
            origin=ORIGIN,
            definition=definition,
            completion=replace(
                completion_of(version, str(number), name=f"Zoë Example {number}"),
                score=0.7 + number % 300 / 1_000,
                email=f"zoe{number}@example.org",
            ),
            place=StatusPlace(list_id="one", list_url=f"{ORIGIN}/status/one", index=number),
            salt=number.to_bytes(16),
            valid_from=BEGUN + timedelta(seconds=number // 100),
            refresh_url=f"{ORIGIN}/credentials/crd_{number:022}/newest",
        )
        for number in range(count)
    ]


def proof_set(award: Award, templates: Templates) -> bytes:
    """Return a credential with both proofs."""
    document = make_credential(award)
    return msgspec.json.encode(
        templates.secure(document, signer=SIGNER, created=document["validFrom"])
    )


def one_proof(award: Award, canonicalise: rdf.Canonicalise) -> bytes:
    """Return a credential with the proof of eddsa-rdfc-2022 alone."""
    document = make_credential(award)
    proof = proofs.make_proof(
        document,
        suite=proofs.RDFC,
        signer=SIGNER,
        created=document["validFrom"],
        canonicalise=canonicalise,
    )
    return msgspec.json.encode({**document, "proof": [proof]})


def token(award: Award) -> bytes:
    """Return a credential as a token."""
    return jwt.secure(make_credential(award), signer=SIGNER).encode()


def rate(make: Make, these: Sequence[Award]) -> float:
    """Return how many are made in a second of this process's time, best of some rounds."""

    def once() -> float:
        begun = time.process_time()
        for award in these:
            make(award)
        return len(these) / (time.process_time() - begun)

    return max(once() for _ in range(ROUNDS))


def theirs(run: Run, these: Sequence[Award]) -> float:
    """Return how many the npm library signs in a second, by its own clock, without its start."""
    job: dict[str, Any] = {"credentials": [make_credential(award) for award in these]}
    return max(float(json.loads(run("issue.mjs", json.dumps(job).encode()))) for _ in range(ROUNDS))


def main() -> None:
    """Print what is signed a second, and the ratios."""
    contexts: Contexts = load_contexts()
    templates, these = Templates(contexts), awards(COUNT)
    outside = theirs(install(find_node(), "verifier"), these[:OUTSIDE])
    print(f"a credential of {len(proof_set(these[0], templates)):,} bytes with both proofs")
    print(f"{'@digitalbazaar/vc, eddsa-rdfc-2022':<40}{outside:>8,.0f} a second")
    for name, make, some in (
        (
            "the whole way, eddsa-rdfc-2022",
            partial(one_proof, canonicalise=partial(rdf.canonical, contexts=contexts)),
            these[:WHOLE],
        ),
        ("templates, eddsa-rdfc-2022", partial(one_proof, canonicalise=templates.quads), these),
        ("templates, both proofs", partial(proof_set, templates=templates), these),
        ("VC-JWT", token, these),
    ):
        own = rate(make, some)
        print(f"{name:<40}{own:>8,.0f} a second, ratio {own / outside:.1f}")


if __name__ == "__main__":
    main()
