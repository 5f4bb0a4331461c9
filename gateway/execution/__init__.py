"""One operation, from request to result, the same for every transport."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationType,
    execute,
)

from gateway.context import Context
from gateway.documents import Document, Documents, InvalidDocument, digest
from gateway.errors import ErrorCode, RequestRefused, formatted
from gateway.limits import OverLimit, check, parse_ad_hoc
from services.kit.rpc import deadline


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """What a client asks for: a document by text, by id, or by both, and one operation of it."""

    query: str | None = None
    document_id: str | None = None
    persisted_hash: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None


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

    def prepare(self, request: OperationRequest) -> Prepared:
        """Return the operation asked for; RequestRefused when there is none to run."""
        document = self._document(request)
        kind = document.operation(request.operation_name)
        if kind is None:
            raise RequestRefused(
                ErrorCode.BAD_USER_INPUT, "operationName must name one operation of the document."
            )
        return Prepared(document, kind, request.operation_name, request.variables)

    async def run(self, prepared: Prepared, context: Context) -> dict[str, Any]:
        """Return the response's body; RequestRefused when nothing was executed or time ran out."""
        deadline.set(asyncio.get_running_loop().time() + self._deadline_seconds)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                result = await self._execute(prepared, context)
        except TimeoutError as error:
            raise RequestRefused(
                ErrorCode.TIMEOUT, "It took too long and was given up. Writes may be repeated."
            ) from error
        finally:
            context.work.stop()
        return _body(result)

    async def _execute(self, prepared: Prepared, context: Context) -> ExecutionResult:
        result = execute(
            self._schema,
            prepared.document.ast,
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
