"""A process does not start under keys that are not those of its database, and says what to do."""

import base64
from collections.abc import AsyncIterator, Sequence

import pytest

from services.admission.settings import Settings
from services.admission.wiring import SERVICE
from shared.security.master_keys import master_keys_of
from shared.security.vault import Vault
from shared.spine.service.key_checks import WrongKeys, require_known_keys
from shared.spine.service.open_to_serve import open_to_serve
from shared.spine.service.rewrap import rewrap_all
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import MASTER_KEY, Admission
from tests.unit.admission.bodies import movement

OLD, NEW, OTHER = (base64.b64encode(key).decode() for key in (MASTER_KEY, bytes(32), bytes([1]) * 32))
BOTH = (f"2026:{NEW},{OLD}", OLD)


@pytest.fixture
async def written(open_admission: Open, admission_settings: Settings) -> AsyncIterator[Admission]:
    """A database that was written under the first key there was, by a process that served."""
    async with open_to_serve(SERVICE, admission_settings):
        pass
    async with open_admission(admission_settings) as admission:
        source = await admission.source()
        for _ in range(3):
            assert (await admission.post(source, movement())).status_code == 202
        yield admission


async def _start(admission: Admission, keys: str, index_key: str = "") -> None:
    vault = Vault(master_keys_of(keys, index_key))
    await require_known_keys(admission.service.spine.pool, vault, SERVICE.wrapped_keys)


async def _known(admission: Admission) -> Sequence[str]:
    return [row["name"] for row in await admission.rows("SELECT name FROM key_checks ORDER BY name")]


@pytest.mark.parametrize(
    ("keys", "index_key", "said"),
    [
        (OTHER, "", "everybody would be a new person"),
        (OTHER, OLD, "the master key without an id is not the one"),
        (f"2026:{NEW}", OLD, "the master key without an id is missing from RELAIS_MASTER_KEY"),
    ],
)
async def test_no_process_starts_under_another_key(
    written: Admission, keys: str, index_key: str, said: str
) -> None:
    known = await _known(written)
    with pytest.raises(WrongKeys, match=said) as refused:
        await _start(written, keys, index_key)
    assert not any(key in str(refused.value) for key in (OLD, NEW, OTHER))
    assert await _known(written) == known
    await _start(written, OLD)


async def test_an_id_stays_that_of_one_key(written: Admission) -> None:
    await _start(written, *BOTH)
    with pytest.raises(WrongKeys, match="the master key `2026` is not the one"):
        await _start(written, f"{OLD},2026:{OTHER}", OLD)


async def test_a_database_of_an_earlier_release_is_opened_before_its_keys_are_known(
    written: Admission,
) -> None:
    await written.rows("DELETE FROM key_checks")
    with pytest.raises(WrongKeys, match="no key in RELAIS_MASTER_KEY opens what persons holds"):
        await _start(written, OTHER)
    assert await _known(written) == []
    await _start(written, OLD)
    assert await _known(written) == ["", "index key"]


async def test_an_old_master_key_goes_once_nothing_is_wrapped_by_it(written: Admission) -> None:
    await _start(written, *BOTH)
    await rewrap_all(written.service.spine.pool, Vault(master_keys_of(*BOTH)), SERVICE.wrapped_keys)
    await _start(written, f"2026:{NEW}", OLD)
    assert await _known(written) == ["2026", "index key"]


async def test_a_key_that_nothing_opens_is_named_and_holds_up_no_other(written: Admission) -> None:
    [damaged, *_] = await written.rows(
        """
        UPDATE persons SET wrapped_key = '\\x01' || substr(wrapped_key, 3)
        WHERE person_id = (SELECT min(person_id::text)::uuid FROM persons) RETURNING person_id
        """
    )
    pool, vault = written.service.spine.pool, Vault(master_keys_of(*BOTH))
    result = await rewrap_all(pool, vault, SERVICE.wrapped_keys)
    assert result.done == 2
    assert result.unreadable == {"persons": [damaged["person_id"]]}
    await _start(written, *BOTH)
