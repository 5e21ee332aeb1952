"""Recognises the services of this deployment, which share one key that opens ledgers only."""

import hmac
from typing import Final
from uuid import UUID

from shared.database.pool import Executor
from shared.runtime.clock import Clock
from shared.security.authentication import Authenticator
from shared.security.principal import Principal
from shared.spine.access.api_keys import ApiKeyAuthenticator, digest_of

_A_SERVICE: Final = Principal(source_id=UUID(int=0), establishment=None, scopes=frozenset({"ledger"}))


def is_service(principal: Principal | None) -> bool:
    """Whether the caller is one of the platform's own services, behind which there is nobody."""
    return principal is _A_SERVICE


class PeerAuthenticator:
    """Recognises the deployment's own key, and every other one as `others` do."""

    def __init__(self, others: ApiKeyAuthenticator, *, key_sha256: str) -> None:
        """An empty `key_sha256` recognises nobody."""
        self._others = others
        self._key_sha256 = key_sha256

    async def authenticate(self, credential: str | None) -> Principal | None:
        """See `shared.security.authentication.Authenticator`."""
        digest = digest_of(credential)
        if digest is None:
            return None
        if hmac.compare_digest(digest, self._key_sha256):
            return _A_SERVICE
        return await self._others.recognise(digest)


def service_authenticator(pool: Executor, key_sha256: str, clock: Clock) -> Authenticator:
    """Return what every API recognises its callers by: granted keys, and the key whose digest this is."""
    return PeerAuthenticator(ApiKeyAuthenticator(pool, clock=clock), key_sha256=key_sha256)
