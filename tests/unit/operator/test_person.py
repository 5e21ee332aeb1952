"""`relais person erase` asks first, says on what basis and by whom, and names every id that went."""

import json
from typing import Any, Final, get_args

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator.person.commands import Basis
from services.admission.domain.erasure import ErasureBasis
from tests.unit.operator.stand_in import stand_in

runner = CliRunner()
PERSON: Final = "0197f3a2-0000-7000-8000-000000000001"
MERGED: Final = "0197f3a2-0000-7000-8000-000000000002"
ERASURE: Final = {
    "erasure_id": "0197f3a2-0000-7000-8000-000000000003",
    "person_ids": [PERSON, MERGED],
    "basis": "consent_withdrawn",
    "by": "DPO (of the platform)",
    "erased_at": "2026-11-29T08:00:00Z",
}
ASKED: Final = ("--basis", "consent_withdrawn", "--by", "DPO")


def _erase(*words: str, said: str = "", status: int = 201) -> tuple[Any, list[Any]]:
    taken: list[Any] = []

    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        taken.append((method, path, body))
        return status, ERASURE if status < 400 else {"title": "Not Found"}

    with stand_in(answer) as platform:
        environment = {"RELAIS_ADMISSION_URL": platform.url, "RELAIS_OPERATOR_KEY": "k"}
        result = runner.invoke(app, ["person", "erase", PERSON, *words], env=environment, input=said)
    return result, taken


def test_who_agrees_erases_and_reads_every_id_that_is_gone() -> None:
    result, taken = _erase(*ASKED, said="y\n")
    body = {"person_id": PERSON, "basis": "consent_withdrawn", "by": "DPO"}
    assert taken == [("POST", "/v1/erasures", body)]
    assert result.exit_code == 0, result.output
    first, *ids = result.stdout.splitlines()[-3:]  # after what was typed
    assert first == "Erased at 2026-11-29T08:00:00Z by DPO (of the platform): consent_withdrawn."
    assert [each.strip() for each in ids] == [PERSON, MERGED]
    assert "after a restore" in result.stderr


@pytest.mark.parametrize("said", ["n\n", ""])
def test_who_does_not_agree_erases_nobody(said: str) -> None:
    result, taken = _erase(*ASKED, said=said)
    assert (result.exit_code, taken) == (1, [])


def test_a_script_says_yes_beforehand_and_reads_json() -> None:
    result, _ = _erase(*ASKED, "--yes", "--json")
    assert json.loads(result.stdout) == ERASURE


@pytest.mark.parametrize("words", [ASKED[:2], ASKED[2:], ("--basis", "because", *ASKED[2:])])
def test_without_a_basis_of_the_regulation_and_an_author_nothing_is_asked(words: tuple[str, ...]) -> None:
    result, taken = _erase(*words, "--yes")
    assert (result.exit_code, taken) == (2, [])


def test_somebody_unknown_is_one_sentence() -> None:
    result, _ = _erase(*ASKED, "--yes", status=404)
    assert (result.exit_code, "Not Found" in result.stderr) == (1, True)


def test_the_command_offers_the_bases_of_the_contract() -> None:
    assert get_args(Basis) == get_args(ErasureBasis)
