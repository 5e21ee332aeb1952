"""Defines the settings that notifications reads from its environment."""

import re
from typing import ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.notifications.channels.email import SmtpSecurity
from services.notifications.domain.circle.addresses import SMS_COUNTRIES
from services.notifications.domain.obligations.timing import Waits
from shared.runtime.environment import is_loopback
from shared.security.master_keys import MasterKeys, master_keys_of
from shared.spine.service.verifying import VerifyingSettings


class Settings(VerifyingSettings, frozen=True, kw_only=True):
    """The environment of a process of notifications."""

    service: ClassVar[str] = "notifications"

    master_key: str
    """32 bytes in base64; or several, `id:base64,...`, of which the first one wraps what is new."""
    index_key: str = ""
    """Finds numbers and addresses again, whatever master key there is; without, the only master key."""
    sms_url: str
    """Of the gateway's `sendsms`."""
    sms_username: str
    sms_password: str
    sms_sender: str = ""
    """What the phone shows as the sender, at most 11 letters and digits; none is the gateway's own."""
    sms_countries: str = ""
    """More countries whose mobile numbers are taken, by ISO code: `MA,TN`."""
    smtp_host: str
    smtp_port: int
    smtp_security: SmtpSecurity = "starttls"
    """`starttls` and `tls` are demanded, and the server's certificate and name checked."""
    smtp_starttls: str = ""
    """What it was called before, and meant less: refused, so that nobody believes that it still holds."""
    smtp_username: str = ""
    smtp_password: str = ""
    mail_from: str
    """An address, or `Name <address>`."""
    provider_ca_file: str = ""
    """File with the authorities of the gateway's and the mail server's certificates."""
    stand_ins: Literal["accepted", "refused"] = "refused"
    """Whether gateway and mail server may be such as reach nobody, over wires that nothing protects."""
    public_url: str
    """Where the gateway and recipients reach this service."""
    contact_phone: str = "05 36 49 00 00"
    """Whom recipients may call; the default belongs to nobody."""
    time_zone: str = "Europe/Paris"
    invitations: bool = True
    """Ask the owner of a carer's address before anything is told there; false only where nobody is real."""
    wait_factor: float = 1.0
    """Above 0, at most 1: compresses the engine's patience for tests and demos."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.master_keys  # noqa: B018 - raises
        if not re.fullmatch("[A-Za-z0-9]{0,11}", self.sms_sender):
            raise ValueError("RELAIS_SMS_SENDER must be at most 11 letters and digits")
        if not re.fullmatch("([A-Z]{2}(,[A-Z]{2})*)?", self.sms_countries):
            raise ValueError("RELAIS_SMS_COUNTRIES must be ISO codes of two letters, separated by commas")
        if self.smtp_starttls:
            raise ValueError("RELAIS_SMTP_STARTTLS is RELAIS_SMTP_SECURITY now: starttls, tls or none")
        if not re.fullmatch("[ -~]*", self.sms_username + self.sms_password):
            raise ValueError("RELAIS_SMS_USERNAME and RELAIS_SMS_PASSWORD must be ASCII: headers hold them")
        self._refuse_open_wires()
        self.waits  # noqa: B018 - refuses a factor that is out of range
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("RELAIS_TIME_ZONE names no time zone") from None

    def _refuse_open_wires(self) -> None:
        is_open = self.smtp_security == "none"
        if bool(self.smtp_username) != bool(self.smtp_password) or (self.smtp_username and is_open):
            raise ValueError("RELAIS_SMTP_USERNAME needs RELAIS_SMTP_PASSWORD, and both need TLS")
        if self.stand_ins == "accepted":
            return
        if is_open and not is_loopback(self.smtp_host):
            raise ValueError("RELAIS_SMTP_SECURITY none is for a mail server on this machine")
        gateway = urlsplit(self.sms_url)
        if gateway.scheme != "https" and not is_loopback(gateway.hostname or ""):
            raise ValueError("RELAIS_SMS_URL must begin with https:// unless the gateway is on this machine")
        if gateway.query or gateway.username or gateway.password:
            raise ValueError("RELAIS_SMS_URL must name an address alone: neither a query nor an account")

    @property
    def master_keys(self) -> MasterKeys:
        """What wraps persons' keys, and the key of indexes."""
        return master_keys_of(self.master_key, self.index_key)

    @property
    def countries(self) -> frozenset[str]:
        """Whose mobile numbers are taken."""
        return SMS_COUNTRIES | {each for each in self.sms_countries.split(",") if each}

    @property
    def waits(self) -> Waits:
        """How long the engine waits at each step."""
        return Waits().compressed(self.wait_factor)
