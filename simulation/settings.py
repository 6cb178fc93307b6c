"""What the launcher tells the process that plays the outside world."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.clock import BusinessClock
from contracts.webhooks import WebhookSource
from simulation.faults import Faults


class PartnerSettings(BaseSettings):
    """Environment variables `STEWARD_…`; the clock and the faults as JSON. The books are one SQLite file."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_", frozen=True, extra="ignore")

    partners_port: int
    partners_books: Path
    mail_port: int
    api_url: str
    seed: int
    clock: BusinessClock
    payments_webhook_secret: SecretStr
    carriers_webhook_secret: SecretStr
    nodes_webhook_secret: SecretStr
    faults: Faults = Faults()

    def webhook_secrets(self) -> dict[WebhookSource, str]:
        return {
            "payments": self.payments_webhook_secret.get_secret_value(),
            "carriers": self.carriers_webhook_secret.get_secret_value(),
            "nodes": self.nodes_webhook_secret.get_secret_value(),
        }
