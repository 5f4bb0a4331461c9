"""One operation, from request to result, the same for every transport."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationType,
    create_source_event_stream,
    execute,
)

from gateway.context import Context
from gateway.documents import Document, Documents, InvalidDocument, digest
from gateway.errors import ErrorCode, RequestRefused, formatted, refusal_of
from gateway.execution.requests import OperationRequest
from gateway.execution.timing import refusals_counted, timed
from gateway.limits import OverLimit, check, parse_ad_hoc
from gateway.schema.resolvers import Event
from services.kit.rpc import deadline


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that is ready to run."""

    document: Document
    type: OperationType
    name: str | None
    variables: Mapping[str, Any] | None


class Execution:
    """Finds, checks and runs operations."""

    def __init__(
        self,
        schema: GraphQLSchema,
        documents: Documents,
        *,
        allow_ad_hoc: bool,
        hide_suggestions: bool,
        deadline_seconds: float,
    ) -> None:
        """Take the schema and the documents known so far."""
        self._schema = schema
        self._documents = documents
        self._allow_ad_hoc = allow_ad_hoc
        self._hide_suggestions = hide_suggestions
        self._deadline_seconds = deadline_seconds

    @refusals_counted()
    def prepare(self, request: OperationRequest) -> Prepared:
        """Return the operation asked for; RequestRefused when there is none to run."""
        document = self._document(request)
        kind = document.operation(request.operation_name)
        if kind is None:
            raise RequestRefused(
                ErrorCode.BAD_USER_INPUT, "operationName must name one operation of the document."
            )
        return Prepared(document, kind, request.operation_name, request.variables)

    async def run(self, prepared: Prepared, context: Context, root: Any = None) -> dict[str, Any]:
        """Return the response's body; RequestRefused when nothing was executed or time ran out."""
        with timed(prepared.document.label) as answered:
            try:
                async with self._in_time():
                    result = await self._execute(prepared, context, root)
            finally:
                context.work.stop()
            return answered(_body(result))

    async def subscribe(
        self, prepared: Prepared, context: Callable[[], Context]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the body of each event, its cursor in `extensions`; RequestRefused before any.

        Each event is executed with a context of its own, so that it reads what is true then.
        """
        async with self._in_time():
            events = await self._events(prepared, context())
        if isinstance(events, ExecutionResult):
            raise refusal_of(events.errors or [])
        async with aclosing(events):
            async for event in events:
                body = await self.run(prepared, context(), event)
                yield {**body, "extensions": {"cursor": event.cursor}}

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Give up what takes longer than an operation may, the calls to services too."""
        deadline.set(asyncio.get_running_loop().time() + self._deadline_seconds)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                yield
        except TimeoutError as error:
            raise RequestRefused(
                ErrorCode.TIMEOUT, "It took too long and was given up. Writes may be repeated."
            ) from error

    async def _events(
        self, prepared: Prepared, context: Context
    ) -> AsyncGenerator[Event, None] | ExecutionResult:
        return await create_source_event_stream(  # type: ignore[return-value]  # what Streamed gives
            self._schema,
            prepared.document.ast,
            context_value=context,
            variable_values=dict(prepared.variables or {}),
            operation_name=prepared.name,
            hide_suggestions=self._hide_suggestions,
        )

    async def _execute(self, prepared: Prepared, context: Context, root: Any) -> ExecutionResult:
        result = execute(
            self._schema,
            prepared.document.ast,
            root_value=root,
            context_value=context,
            variable_values=dict(prepared.variables or {}),
            operation_name=prepared.name,
            hide_suggestions=self._hide_suggestions,
        )
        return await result if isawaitable(result) else result

    def _document(self, request: OperationRequest) -> Document:
        try:
            if request.query is None:
                return self._by_id(request.document_id or request.persisted_hash)
            return self._by_text(request.query, request.document_id or request.persisted_hash)
        except InvalidDocument as error:
            raise RequestRefused(
                ErrorCode.GRAPHQL_VALIDATION_FAILED, str(error), errors=error.errors
            ) from error
        except GraphQLSyntaxError as error:
            raise RequestRefused(
                ErrorCode.GRAPHQL_PARSE_FAILED, error.message, errors=[error]
            ) from error
        except OverLimit as error:
            raise RequestRefused(ErrorCode.TOO_COSTLY, str(error)) from error

    def _by_id(self, document_id: str | None) -> Document:
        if document_id is None:
            raise RequestRefused(
                ErrorCode.BAD_USER_INPUT,
                "Send query, or documentId of a registered operation.",
                status=400,
            )
        documents = self._documents
        find = documents.known if self._allow_ad_hoc else documents.registered
        document = find(document_id)
        if document is None:
            raise RequestRefused(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return document

    def _by_text(self, text: str, told: str | None) -> Document:
        found = digest(text)
        if told is not None and told.removeprefix("sha256:") != found:
            raise RequestRefused(
                ErrorCode.BAD_USER_INPUT, "The hash is not the SHA-256 of the query.", status=400
            )
        registered = self._documents.registered(found)
        if registered:
            return registered
        if not self._allow_ad_hoc:
            raise RequestRefused(
                ErrorCode.FORBIDDEN, "Only registered operations run here: send a documentId."
            )
        known = self._documents.known(found)
        if known:
            return known
        ast = parse_ad_hoc(text)
        check(ast)
        return self._documents.keep(found, ast)


def _body(result: ExecutionResult) -> dict[str, Any]:
    """Return what the client is told; RequestRefused when the variables did not fit."""
    errors = result.errors or []
    if result.data is None and errors and all(error.path is None for error in errors):
        raise RequestRefused(ErrorCode.BAD_USER_INPUT, errors[0].message, errors=errors)
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = [formatted(error) for error in errors]
    return body
