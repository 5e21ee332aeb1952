import pytest

from shared.web.problems import phrase


@pytest.mark.parametrize(
    ("status", "said"), [(413, "Request Entity Too Large"), (422, "Unprocessable Entity"), (404, "Not Found")]
)
def test_a_status_is_called_the_same_under_every_python(status: int, said: str) -> None:
    assert phrase(status) == said
