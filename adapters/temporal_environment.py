"""Which Temporal the environment names: the standard `TEMPORAL_*` variables, and a file only if they ask for one."""

from collections.abc import Mapping
from typing import Final

from temporalio.envconfig import ClientConfig, ClientConnectConfig

_NAMING: Final = {"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"}


def names_one(environ: Mapping[str, str]) -> bool:
    return not environ.keys().isdisjoint(_NAMING)


def connect_config(environ: Mapping[str, str]) -> ClientConnectConfig:
    """What the variables say, `target_host` only if they name one.

    The default profile in somebody's home is not meant for Steward, so no file is read unless a variable names one.
    """
    return ClientConfig.load_client_connect_config(disable_file=not names_one(environ), override_env_vars=dict(environ))
