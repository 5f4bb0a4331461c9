"""Documents, parsed and validated once: registered operations, and ad-hoc ones by their hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

MAX_KEPT = 1_000
MAX_ERRORS_TOLD = 5
AD_HOC = "ad-hoc"
PREFIX = "sha256:"
"""A documentId may name its hash so, or leave it out."""


class InvalidDocument(Exception):
    """A document that the schema does not allow, with the first errors."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        """Keep the errors."""
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the schema allows."""

    id: str
    ast: DocumentNode
    label: str = AD_HOC
    """The name of a registered operation, for metrics: a client cannot make new ones up."""

    def operation(self, name: str | None) -> OperationType | None:
        """Return the type of the operation of that name; None when there is none, or many.

        Without a name it is the only operation.
        """
        found = [
            node.operation
            for node in self.ast.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        ]
        return found[0] if len(found) == 1 else None


def _named(document_id: str, ast: DocumentNode) -> Document:
    names = [
        node.name.value
        for node in ast.definitions
        if isinstance(node, OperationDefinitionNode) and node.name is not None
    ]
    return Document(document_id, ast, names[0] if len(names) == 1 else AD_HOC)


def digest(text: str) -> str:
    """Return the id of a document: the SHA-256 of its text, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_registered(path: Path) -> dict[str, str]:
    """Return the texts of registered operations by id."""
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


class Documents:
    """Validated documents by id."""

    def __init__(
        self,
        schema: GraphQLSchema,
        registered: Mapping[str, str],
        *,
        hide_suggestions: bool,
        allow_introspection: bool,
    ) -> None:
        """Parse and validate the registered ones; InvalidDocument stops the start."""
        self._schema = schema
        self._hide_suggestions = hide_suggestions
        self._rules = [
            *specified_rules,
            *([] if allow_introspection else [NoSchemaIntrospectionCustomRule]),
        ]
        self._kept: dict[str, Document | InvalidDocument] = {}
        self._registered = {
            key: self._valid(_named(key, parse(text))) for key, text in registered.items()
        }

    def registered(self, document_id: str) -> Document | None:
        """Return a registered document."""
        return self._registered.get(document_id.removeprefix(PREFIX))

    def known(self, document_id: str) -> Document | None:
        """Return a document seen before; InvalidDocument again when it was that."""
        found = self.registered(document_id) or self._kept.get(document_id.removeprefix(PREFIX))
        if isinstance(found, InvalidDocument):
            raise found
        return found

    def keep(self, document_id: str, ast: DocumentNode) -> Document:
        """Validate an ad-hoc document and remember the outcome; InvalidDocument when it fails."""
        document = Document(document_id, ast)
        while len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        try:
            self._kept[document_id] = self._valid(document)
        except InvalidDocument as error:
            self._kept[document_id] = error
            raise
        return document

    def _valid(self, document: Document) -> Document:
        errors = validate(
            self._schema,
            document.ast,
            self._rules,
            max_errors=MAX_ERRORS_TOLD,
            hide_suggestions=self._hide_suggestions,
        )
        if errors:
            raise InvalidDocument(errors[:MAX_ERRORS_TOLD])
        return document
