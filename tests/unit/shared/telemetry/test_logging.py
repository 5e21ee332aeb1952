import ast
import json
import logging as stdlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from shared.telemetry import logging, metrics, tracing
from tests.unit.shared.telemetry.recorded import recording

ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    root = stdlib.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.configure("test")
    yield
    sys.excepthook = sys.__excepthook__
    root.handlers[:] = handlers
    root.setLevel(level)


def _fail() -> None:
    raise ValueError("Jeanne Dupont")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_json_with_its_event_its_service_and_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logging.get_logger().info("batch_applied", topic="relais.admission", count=3, event_id=UUID(int=1))
    [line] = _lines(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "batch_applied",
        "level": "info",
        "service": "test",
        "topic": "relais.admission",
        "count": 3,
        "event_id": "00000000-0000-0000-0000-000000000001",
    }


def test_a_field_that_is_not_allowed_is_dropped_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    [counter] = metrics.log_fields_dropped_total.collect()
    before = counter.samples[0].value
    logging.get_logger().info("person_found", name="Dupont", count=1)
    assert "Dupont" not in capsys.readouterr().out
    [counter] = metrics.log_fields_dropped_total.collect()
    assert counter.samples[0].value == before + 1


def test_a_struct_in_an_allowed_field_gives_only_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    logging.get_logger().info("odd", reason={"name": "Dupont"})
    assert _lines(capsys)[0]["reason"] == "dict"


def test_an_exception_gives_its_class_and_its_place_and_never_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        _fail()
    except ValueError:
        logging.get_logger().error("failed", exc_info=True)
    output = capsys.readouterr().out
    assert "Dupont" not in output
    line = json.loads(output)
    assert line["error"] == "ValueError"
    assert "test_logging.py" in line["stack"][0]


def test_an_exception_given_as_the_error_is_described_the_same_way(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.get_logger().error("failed", error=ValueError("Dupont"))
    assert _lines(capsys)[0]["error"] == "ValueError"


def test_a_library_is_heard_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    library = stdlib.getLogger("aiokafka.consumer")
    try:
        _fail()
    except ValueError:
        library.exception("Unexpected error for %s", "Dupont")
    library.warning("finished sentence about Dupont")
    output = capsys.readouterr().out
    assert "Dupont" not in output
    first, second = map(json.loads, output.splitlines())
    assert first["template"] == "Unexpected error for %s"
    assert first["error"] == "ValueError"
    assert second["where"].startswith("test_logging:")


def test_the_last_words_of_a_process_are_a_class_and_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(ValueError, ValueError("Dupont"), None)
    output = capsys.readouterr()
    assert json.loads(output.out)["error"] == "ValueError"
    assert "Dupont" not in output.out + output.err


def test_a_line_inside_a_span_names_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    with recording(), tracing.span("work", trace=trace):
        logging.get_logger().info("worked")
    assert _lines(capsys)[0]["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


# What a call of a logger has in its text, however it is written: most files have none, and need no parsing.
_PERHAPS_A_LOG_CALL = re.compile(r"\.\s*(debug|info|warning|error|critical|exception)\b")


def _log_calls(path: Path) -> Iterator[ast.Call]:
    text = path.read_text()
    for node in ast.walk(ast.parse(text)) if _PERHAPS_A_LOG_CALL.search(text) else ():
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"debug", "info", "warning", "error", "critical", "exception"}
            and ast.unparse(node.func.value).endswith(("_log", "log", "logger", "get_logger()"))
        ):
            yield node


def test_every_line_of_the_platform_has_a_constant_event_and_allowed_fields() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for room in ("services", "shared")
        for path in sorted((ROOT / room).rglob("*.py"))
        for call in _log_calls(path)
        if not (
            len(call.args) == 1
            and isinstance(call.args[0], ast.Constant)
            and {keyword.arg for keyword in call.keywords} <= logging.FIELDS | {"exc_info"}
        )
    ]
    assert wrong == []
