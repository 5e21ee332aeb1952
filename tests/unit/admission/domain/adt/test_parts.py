"""What a message says is kept once, and of each person only with them; it may not say without limit."""

from services.admission.domain.adt.read import MOST_STATEMENTS
from tests.unit.admission.domain.adt.messages import PID, PV1, found, header, read

ZBE = "ZBE|{}|20240306103000||INSERT|N"


def test_the_message_of_one_person_is_kept_once_as_it_came() -> None:
    lines = [header("A02"), PID, PV1, ZBE.format("7^X~8^X~9^X"), "ZZZ|own"]
    kept = [each.text for each in read(*lines).statements]
    assert kept == ["\r".join(lines), "", ""]


def test_what_is_said_of_a_person_is_kept_with_nobody_else() -> None:
    head = header("A31")
    lines = [head, PID, "PD1|his", PID.replace("000003", "000004"), "NK1|hers"]
    first, second = (each.text for each in read(*lines).statements)
    assert first == "\r".join(lines[:3])
    assert second == "\r".join(lines[3:])


def test_a_pair_is_kept_whole() -> None:
    lines = [header("A24"), "PID|||1", "PID|||2"]
    (stated,) = read(*lines).statements
    assert stated.text == "\r".join(lines)


def test_a_message_states_no_more_than_is_committed_together() -> None:
    numbers = "~".join(f"{count}^X" for count in range(MOST_STATEMENTS))
    assert len(read(header("A02"), PID, PV1, ZBE.format(numbers)).statements) == MOST_STATEMENTS
    assert found(read(header("A02"), PID, PV1, ZBE.format(f"{numbers}~a^X"))) == {(100, "ZBE", 1)}
