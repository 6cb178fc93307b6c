"""Everything that may be set from outside, read once in `main` and passed in."""

import os

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.embedded.state import Stack, StackUnavailable, find_stack


class Settings(BaseSettings):
    """Environment variables `STEWARD_…`; Temporal's own are the standard `TEMPORAL_…`.

    No secret has a default. What the environment leaves open comes from the embedded stack that runs here;
    `temporal_address` is that stack's, and gives way to `TEMPORAL_ADDRESS`. `mail_url` is smtp://host:port, encrypted
    where the server offers it, or smtps://. Without `model_key` no model is asked and the composer writes; without
    `model_url` the provider's own is asked.
    """

    model_config = SettingsConfigDict(env_prefix="STEWARD_", frozen=True, extra="ignore")

    database_url: SecretStr
    api_key_pepper: SecretStr
    payments_url: str
    carriers_url: str
    nodes_url: str
    payments_webhook_secret: SecretStr
    carriers_webhook_secret: SecretStr
    nodes_webhook_secret: SecretStr
    mail_url: str
    mail_from: str = "orders@shop.example"
    mail_user: str | None = None
    mail_password: SecretStr | None = None
    model_url: str | None = None
    model_key: SecretStr | None = None
    model_name: str = "claude-sonnet-4-5"
    model_calls_per_second: float = 5
    temporal_address: str | None = None
    temporal_ui_url: str | None = None
    api_host: str = "127.0.0.1"
    api_port: int = 8080


class SettingsMissing(Exception):
    """The message is one line that says which variables to set."""


def load_settings() -> Settings:
    """The environment first, then the embedded stack; raises SettingsMissing if neither says enough."""
    try:
        return Settings()
    except ValidationError as incomplete:
        try:
            stack = find_stack()
        except StackUnavailable as unavailable:
            missing = ", ".join(sorted(_variable(str(error["loc"][0])) for error in incomplete.errors()))
            raise SettingsMissing(f"{unavailable}. Not set: {missing}") from None
    given = {name: os.environ[_variable(name)] for name in Settings.model_fields if _variable(name) in os.environ}
    return Settings.model_validate(_of(stack) | given)


def _variable(name: str) -> str:
    return f"STEWARD_{name}".upper()


def _of(stack: Stack) -> dict[str, object]:
    return {
        "database_url": stack.database_url,
        "api_key_pepper": stack.secrets.api_key_pepper,
        "payments_url": stack.partners,
        "carriers_url": stack.partners,
        "nodes_url": stack.partners,
        "mail_url": stack.mail,
        "payments_webhook_secret": stack.secrets.payments_webhook,
        "carriers_webhook_secret": stack.secrets.carriers_webhook,
        "nodes_webhook_secret": stack.secrets.nodes_webhook,
        "temporal_address": stack.temporal_address,
        "temporal_ui_url": stack.temporal_ui,
        "api_port": stack.ports["api"],
    }
