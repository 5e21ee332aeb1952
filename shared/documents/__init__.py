"""How is the contract read by those who do not read Python? JSON Schema, AsyncAPI and OpenAPI documents."""
