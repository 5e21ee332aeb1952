"""Generates the documents of the contract for other languages: JSON Schema, AsyncAPI and OpenAPI."""
