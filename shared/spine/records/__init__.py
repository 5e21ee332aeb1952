"""The forms of an event: on the wire, as it comes in, and as a use case receives it."""
