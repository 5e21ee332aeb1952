"""In which identity domain an establishment's numbers mean the same."""

from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import identity_domain_of


def test_a_number_belongs_to_the_establishment_that_states_it() -> None:
    assert identity_domain_of(Affiliation("750000002", "750721334"), "ipp") == "750000002"


def test_a_shared_authority_belongs_to_its_domain_and_no_other_authority_does() -> None:
    shared = Affiliation("750000002", shared_domains={"ipp": "north"})
    assert identity_domain_of(shared, "ipp") == "north"
    assert identity_domain_of(shared, "visit") == "750000002"
