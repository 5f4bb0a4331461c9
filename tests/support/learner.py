"""What a phone app does with Morsel over GraphQL.

Reads lessons, answers questions offline, syncs, claims.
"""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.running import Client

QUESTION = """
fragment Q on Question {
  __typename id key prompt points maxScore hint explanation
  ... on ChoiceQuestion { multiple correctIds choices { id key text feedback } }
  ... on OrderQuestion { orderIds: correctIds choices { id text } }
  ... on MatchQuestion { correctPairs sources { id text } targets { id text } }
  ... on TextEntryQuestion { accepted caseSensitive }
  ... on NumericQuestion { correctNumber tolerance unit }
  ... on GapQuestion { text gaps { id accepted caseSensitive choices { id text } } }
}
"""
COURSE = (
    """
query Course($slug: String!) { course(slug: $slug) {
  id slug title locales lessonCount achievement { id name passScore }
  version { id hash modules { id title lessons { id key title kind attemptLimit passScore
    blocks { __typename id key
      ... on TextBlock { html } ... on ImageBlock { image { url alt } }
      ... on QuestionBlock { question { ...Q } } } } } } } }
"""
    + QUESTION
)
START_GUEST = """
mutation StartGuest($input: StartGuestInput!) {
  startGuest(input: $input) { token viewer { id isGuest locale } userErrors { message } } }
"""
ENROL = """
mutation Enrol($input: CourseIdInput!) { enrol(input: $input) {
  enrolment { id status percent } userErrors { code message path } } }
"""
SYNC = """
mutation Sync($input: SyncInput!) { sync(input: $input) {
  serverTime missing cursor hasMore resync digest userErrors { code message path }
  receipts { id status code message mark { correct score maxScore feedback } }
  changes { kind id version tombstone record } } }
"""
CLAIM = """
mutation Claim($input: ClaimGuestInput!) { claimGuest(input: $input) {
  viewer { id isGuest displayName } userErrors { code message path } } }
"""
VIEWER = """
query Viewer { viewer { id isGuest displayName
  enrolments { totalCount nodes { status percent score completedAt
    lessons { status bestScore attempts passed }
    course { slug } credential { id } } }
  credentials { totalCount nodes { id score status holderName json jwt jsonUrl
    achievement { name } } } } }
"""


class App:
    """One installation of an app.

    Keeps its queue, its sequence and the course that it downloaded.
    """

    def __init__(self, client: Client, course: dict[str, Any], *, start: datetime) -> None:
        self.client = client
        self.course = course
        self.device = str(uuid.uuid4())
        self.queue: list[dict[str, Any]] = []
        self.cursor: str | None = None
        self._seq = 0
        self._now = start

    @property
    def lessons(self) -> list[dict[str, Any]]:
        return [
            lesson for module in self.course["version"]["modules"] for lesson in module["lessons"]
        ]

    def act(self, type_: str, body: dict[str, Any] | None = None, **ref: str) -> None:
        """Queue an event, a few seconds after the one before."""
        self._seq += 1
        self._now += timedelta(seconds=7)
        self.queue.append(
            {
                "id": str(uuid.uuid4()),
                "type": type_,
                "v": 1,
                "device": self.device,
                "seq": self._seq,
                "at": self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "offset": None,
                "tz": 0,
                "zone": "UTC",
                "ref": {"version": self.course["version"]["hash"], **ref},
                "body": body or {},
            }
        )

    def study(
        self, lesson: dict[str, Any], answers: dict[str, dict[str, Any]] | None = None
    ) -> None:
        """Do a lesson offline; `answers` by question key where the phone does not know them."""
        attempt = str(uuid.uuid4())
        self.act("lesson.started", lesson=lesson["id"])
        for block in lesson["blocks"]:
            self.act("block.viewed", {"seconds": 6}, lesson=lesson["id"], block=block["id"])
            if question := block.get("question"):
                response = (answers or {}).get(question["key"]) or right_answer(question)
                body = {**response, "attempt": attempt, "seconds": 5}
                self.act("question.answered", body, lesson=lesson["id"], question=question["id"])
        if lesson["kind"] == "ASSESSMENT":
            self.act("attempt.submitted", {"attempt": attempt}, lesson=lesson["id"])
        self.act("lesson.completed", lesson=lesson["id"])

    async def sync(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Push events and pull what changed."""
        variables = {
            "deviceId": self.device,
            "deviceTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "events": events,
            "since": self.cursor,
        }
        data = await self.client.run(SYNC, input=variables)
        result: dict[str, Any] = data["sync"]
        assert result["userErrors"] == []
        self.cursor = result["cursor"]
        return result

    def mixed(self, rng: random.Random) -> list[list[dict[str, Any]]]:
        """Return the queue out of order, with repeats, in pushes of at most 40."""
        events = [*self.queue, *rng.sample(self.queue, k=len(self.queue) // 4)]
        rng.shuffle(events)
        return [events[i : i + 40] for i in range(0, len(events), 40)]


def right_answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return the response that a practice question's own answer gives."""
    match question["__typename"]:
        case "ChoiceQuestion":
            return {"choiceIds": question["correctIds"]}
        case "OrderQuestion":
            return {"choiceIds": question["orderIds"]}
        case "MatchQuestion":
            return {"pairs": question["correctPairs"]}
        case "NumericQuestion":
            return {"number": question["correctNumber"]}
        case "TextEntryQuestion":
            return {"texts": [question["accepted"][0]]}
        case _:
            return {"texts": [gap["accepted"][0] for gap in question["gaps"]]}
