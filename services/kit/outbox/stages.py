"""The aggregation stages of the outbox: one update each, so that two claimers cannot collide.

All times are the server's (`$$NOW`).
"""

from services.kit.mongo import Document

REASON_LENGTH = 500


def free(consumer: str, limit: int) -> list[Document]:
    """Return a pipeline that finds entries that nobody holds: `{_id, id, type, tries}` each."""
    return [
        {"$match": {"outbox.to": consumer}},
        {"$unwind": "$outbox"},
        {
            "$match": {
                "outbox.to": consumer,
                "$expr": _lapsed(f"$outbox.leases.{consumer}.until"),
            }
        },
        {"$limit": limit},
        {
            "$project": {
                "id": "$outbox.id",
                "type": "$outbox.type",
                "tries": _tries(f"$outbox.leases.{consumer}"),
            }
        },
    ]


def lease(consumer: str, ids: list[str], token: str, *, lasts_ms: int) -> list[Document]:
    """Return the stage that leases those entries that nobody holds, under a token."""
    held = f"$$entry.leases.{consumer}"
    free_now = {"$and": [_is(ids), _waits_for(consumer), _lapsed(f"{held}.until")]}
    taken = {
        "by": token,
        "until": {"$add": ["$$NOW", lasts_ms]},
        "tries": {"$add": [_tries(held), 1]},
    }
    return [_change_entries(free_now, _with_lease(consumer, taken))]


def rest(
    consumer: str, entry_id: str, reason: str, *, counts: bool, first_ms: int, most_ms: int
) -> list[Document]:
    """Return the stage that lets an entry rest after a failure: longer after each that counts."""
    tries = _tries(f"$$entry.leases.{consumer}")
    pause = {"$multiply": [first_ms, {"$pow": [4, {"$subtract": [tries, 1]}]}]}
    resting = {
        "until": {"$add": ["$$NOW", {"$min": [pause, most_ms]}]},
        "tries": tries if counts else {"$subtract": [tries, 1]},
        "reason": {"$literal": reason[:REASON_LENGTH]},
    }
    known = {"$and": [_is([entry_id]), {"$gt": [tries, 0]}]}
    return [_change_entries(known, _with_lease(consumer, resting))]


def remove(consumer: str, ids: list[str]) -> list[Document]:
    """Return the stages that take `consumer` off those entries, and out what nobody waits for."""
    rest = {"$setDifference": ["$$entry.to", [consumer]]}
    waited_for = {"input": "$outbox", "as": "entry", "cond": {"$ne": ["$$entry.to", []]}}
    return [
        _change_entries(_is(ids), {"$mergeObjects": ["$$entry", {"to": rest}]}),
        {"$set": {"outbox": {"$filter": waited_for}}},
    ]


def bury(consumer: str, entry_id: str) -> list[Document]:
    """Return the stages that move an entry to `dead`, with its consumer, tries and last reason."""
    lease = f"$$entry.leases.{consumer}"
    letter = {
        "id": "$$entry.id",
        "type": "$$entry.type",
        "data": "$$entry.data",
        "consumer": consumer,
        "tries": f"{lease}.tries",
        "reason": {"$ifNull": [f"{lease}.reason", "never finished: its worker died each time"]},
        "at": "$$NOW",
    }
    entry = {"$filter": {"input": "$outbox", "as": "entry", "cond": _is([entry_id])}}
    letters = {"$map": {"input": entry, "as": "entry", "in": letter}}
    copied = {"$set": {"dead": {"$concatArrays": [{"$ifNull": ["$dead", []]}, letters]}}}
    return [copied, *remove(consumer, [entry_id])]


def _change_entries(condition: Document, changed: Document) -> Document:
    """Return the stage that puts `changed` in place of each `$$entry` that meets the condition."""
    either = {"$cond": [condition, changed, "$$entry"]}
    return {"$set": {"outbox": {"$map": {"input": "$outbox", "as": "entry", "in": either}}}}


def _with_lease(consumer: str, lease: Document) -> Document:
    merged = {"$mergeObjects": [f"$$entry.leases.{consumer}", lease]}
    leases = {"$mergeObjects": ["$$entry.leases", {consumer: merged}]}
    return {"$mergeObjects": ["$$entry", {"leases": leases}]}


def _is(ids: list[str]) -> Document:
    return {"$in": ["$$entry.id", {"$literal": ids}]}


def _waits_for(consumer: str) -> Document:
    return {"$in": [consumer, "$$entry.to"]}


def _lapsed(until: str) -> Document:
    return {"$lte": [until, "$$NOW"]}  # what is missing sorts before every date


def _tries(lease: str) -> Document:
    return {"$ifNull": [f"{lease}.tries", 0]}


WAITING: list[Document] = [
    {"$match": {"outbox.to": {"$gte": ""}}},
    {"$unwind": "$outbox"},
    {"$unwind": "$outbox.to"},
    {
        "$group": {
            "_id": "$outbox.to",
            "count": {"$sum": 1},
            "age_ms": {"$max": {"$subtract": ["$$NOW", {"$ifNull": ["$outbox.at", "$$NOW"]}]}},
        }
    },
]
"""Counts what waits, by consumer: `{_id, count, age_ms}`, the age being the oldest entry's."""

DEAD: list[Document] = [
    {"$match": {"dead.id": {"$gte": ""}}},
    {"$group": {"_id": None, "count": {"$sum": {"$size": "$dead"}}}},
]
"""Counts dead letters: `{count}`."""
