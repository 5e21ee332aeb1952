"""The real thing: servers, services and their processes, each of which a fault can keep down."""
