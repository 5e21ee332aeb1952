"""Establishments that state movements of persons with an INS and traits."""

from dataclasses import dataclass
from typing import Any, Final, Self

from services.admission.domain.authorities import INS_NIR
from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import NOW, identifier, movement

INS: Final = identifier("255081416802538", INS_NIR)
TRAITS: Final = {
    "birth_name": "Martin-Dubois",
    "given_names": ["Jeanne", "Marie"],
    "birth_date": "1941-05-17",
    "sex": "female",
}


@dataclass(frozen=True)
class House:
    """An establishment and the key of its software."""

    admission: Admission
    source: NewSource
    finess: str

    @classmethod
    async def of(cls, admission: Admission, finess: str) -> Self:
        """An establishment that may state and read."""
        return cls(admission, await admission.source(finess, ["intake", "read"]), finess)

    async def states(self, *numbers: dict[str, str], moment: str = NOW, **person: Any) -> dict[str, Any]:
        """The receipt of an admission of a person with these numbers, qualified unless said otherwise."""
        about = {"identifiers": list(numbers), "traits": TRAITS, "identity_status": "qualified"} | person
        when = {"occurred_at": moment, "emitted_at": moment}
        stated = movement(person=about, establishment=self.finess, **when)
        answer = await self.admission.post(self.source, stated)
        assert answer.status_code == 202, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def person(self, *numbers: dict[str, str], moment: str = NOW, **person: Any) -> str:
        """Whose the admission is."""
        found: str = (await self.states(*numbers, moment=moment, **person))["person_id"]
        return found
