"""All documents of the contract, as text by file name."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.documents.access import access_table
from shared.documents.asyncapi import asyncapi
from shared.documents.event_schemas import event_schemas
from shared.web.openapi.document import openapi
from shared.web.serve import OPERATIONS

_SERVICES = Path(__file__).parents[2] / "services"


def all_documents() -> dict[str, str]:
    """File name -> text."""
    documents: dict[str, dict[str, Any]] = {"asyncapi.json": asyncapi()}
    documents |= {f"events/{type_}.schema.json": schema for type_, schema in event_schemas().items()}
    documents["access.json"] = access_table(dict(applications()))
    documents |= {f"openapi/{name}.json": openapi(app) for name, app in applications()}
    return {name: _text(document) for name, document in documents.items()}


def applications() -> Iterator[tuple[str, FastAPI]]:
    """The HTTP applications of each service, found by where they stand: shared code names no service."""
    for service in pkgutil.iter_modules([str(_SERVICES)]):
        if (_SERVICES / service.name / "main.py").exists():
            main = importlib.import_module(f"services.{service.name}.main")
            yield service.name, main.app
            yield f"{service.name}-{OPERATIONS}", main.operations


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
