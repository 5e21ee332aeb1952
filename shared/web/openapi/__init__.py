"""The OpenAPI document of an application, made of its routes and of the types that only msgspec knows."""
