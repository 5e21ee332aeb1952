"""Types the entries of an application's state: set once when the application opens, read by its routes."""

from typing import Generic, TypeVar

from fastapi import FastAPI, Request

T = TypeVar("T")


class StateEntry(Generic[T]):
    """One entry of `app.state`, by name and type: `CLOCK = StateEntry[Clock]("clock")`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def set(self, app: FastAPI, value: T) -> None:
        """Give the application its value."""
        setattr(app.state, self._name, value)

    def of(self, request: Request) -> T:
        """The value of the application that answers this request; AttributeError when it was never set."""
        value: T = getattr(request.app.state, self._name)
        return value

    def find(self, request: Request) -> T | None:
        """The value, or None when it was never set."""
        value: T | None = getattr(request.app.state, self._name, None)
        return value
