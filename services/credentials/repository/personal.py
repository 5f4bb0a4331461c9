"""What each collection of this service holds of learners.

Erasure goes by this table, and a test of the house fails where a collection is missing from it: who
adds one that names learners gives the field here, and it is erased with the rest.
"""

from collections.abc import Mapping

from services.kit.records import Holding

HOLDINGS: Mapping[str, Holding] = {
    "credentials": Holding(learner="learner_id", exported="credentials/"),
    "erased": Holding(learner="_id", exported="the mark of an erasure, which stays"),
    "definitions": Holding(exported="what courses award; names nobody"),
    "endorsements": Holding(exported="what bodies say of awards and issuers; names nobody"),
    "batches": Holding(exported="keys and digests of batches; name nobody"),
    "issuers": Holding(exported="organisations and their keys; names nobody"),
    "lists": Holding(exported="which places are given away; names nobody"),
    "list_history": Holding(exported="lists as they were once published; name nobody"),
    "list_bits": Holding(exported="one bit a credential, signed and public; names nobody"),
    "talent": Holding(learner="_id", exported="made from the credentials and the events"),
    "talent_views": Holding(learner="learner", exported="talent-views.json"),
    "talent_searches": Holding(exported="how often organisations search; names nobody"),
}
"""By collection."""
