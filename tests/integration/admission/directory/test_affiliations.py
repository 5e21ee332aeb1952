"""What establishments belong to, as the database knows it."""

from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import identity_domain_of
from services.admission.storage.directory.affiliations import (
    affiliations_of,
    domains_of,
    share_domain,
)
from shared.database.transaction import transaction
from tests.integration.admission.running import Admission

LEGAL, SITE, OTHER_SITE, STRANGER = "750721334", "750000002", "920000023", "940000045"
IPP = "1.2.250.1.999.1"


async def register_sites(admission: Admission) -> None:
    for finess in (SITE, OTHER_SITE):
        await admission.rows(
            "INSERT INTO establishments (finess, level, legal_entity, name, time_zone)"
            " VALUES ($1, 'site', $2, 'Site', 'Europe/Paris')",
            finess,
            LEGAL,
        )


async def share(admission: Admission, domain: str, members: list[str]) -> None:
    async with transaction(admission.service.spine.pool) as connection:
        await share_domain(connection, domain, authority=IPP, members=members)


async def scopes(admission: Admission) -> dict[str, str]:
    known = await affiliations_of(admission.service.spine.pool, [SITE, OTHER_SITE, STRANGER])
    return {finess: identity_domain_of(affiliation, IPP) for finess, affiliation in known.items()}


async def test_an_establishment_that_nobody_registered_belongs_to_itself(admission: Admission) -> None:
    known = await affiliations_of(admission.service.spine.pool, [STRANGER])
    assert known == {STRANGER: Affiliation(STRANGER)}


async def test_sites_belong_to_their_legal_entity_and_keep_their_own_numbers(admission: Admission) -> None:
    await register_sites(admission)
    known = await affiliations_of(admission.service.spine.pool, [SITE])
    assert known[SITE].legal_entity == LEGAL
    assert await scopes(admission) == {SITE: SITE, OTHER_SITE: OTHER_SITE, STRANGER: STRANGER}


async def test_a_domain_of_a_legal_entity_is_shared_by_all_its_sites(admission: Admission) -> None:
    await register_sites(admission)
    await share(admission, "hospital-group", [LEGAL])
    assert await scopes(admission) == {
        SITE: "hospital-group",
        OTHER_SITE: "hospital-group",
        STRANGER: STRANGER,
    }


async def test_a_domain_of_the_site_itself_counts_before_that_of_its_legal_entity(
    admission: Admission,
) -> None:
    await register_sites(admission)
    await share(admission, "hospital-group", [LEGAL])
    await share(admission, "region", [SITE, STRANGER])
    assert await scopes(admission) == {SITE: "region", OTHER_SITE: "hospital-group", STRANGER: "region"}


async def test_a_domain_has_the_members_that_were_stated_last(admission: Admission) -> None:
    await share(admission, "region", [SITE, STRANGER])
    await share(admission, "region", [STRANGER, OTHER_SITE])
    assert await scopes(admission) == {SITE: SITE, OTHER_SITE: "region", STRANGER: "region"}


async def test_a_member_of_one_domain_is_taken_by_no_other(admission: Admission) -> None:
    await share(admission, "region", [SITE])
    await share(admission, "elsewhere", [SITE, STRANGER])
    pool = admission.service.spine.pool
    assert await domains_of(pool, authority=IPP, members=[SITE, STRANGER]) == {
        SITE: "region",
        STRANGER: "elsewhere",
    }
