"""How this installation runs: from the environment (`LEGENDA_…`), else a TOML file (`LEGENDA_CONFIG`)."""

from __future__ import annotations

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from legenda.errors import InvalidOptionError


def _state_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "legenda"


def _parted(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parted)]
"""Several values; in the environment with commas between."""


class Plan(BaseModel):
    """What a key of this plan may do; 0 means without a limit, but for the free pages."""

    model_config = ConfigDict(extra="forbid")

    free_pages: int | None = Field(
        None, ge=0, description="credits a calendar month for nothing; unset for as many as one likes, 0 for none"
    )
    file_megabytes: int = Field(0, ge=0, description="largest input")
    file_pages: int = Field(0, ge=0, description="most pages of one input")
    jobs_minute: int = Field(0, ge=0, description="most jobs a minute; so many may come at once")
    priority: int = Field(0, ge=-10, le=10, description="added to the priority asked for")


class Settings(BaseSettings):
    """Everything that can be configured; `legenda serve --help` prints the descriptions."""

    model_config = SettingsConfigDict(env_prefix="LEGENDA_", env_nested_delimiter="__", extra="ignore")

    host: str = Field("127.0.0.1", description="address to listen on; any other than loopback needs a key")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 for any free one")
    metrics_port: int = Field(0, ge=0, le=65535, description="port of the Prometheus metrics; 0 for none")
    metrics_host: str = Field("127.0.0.1", description="address of the metrics; whoever reaches it reads them")
    public_url: str = Field("", description="how clients reach this server; put into links and webhooks")
    data_dir: Path = Field(default_factory=_state_folder, description="folder of everything kept")
    database_url: str = Field("", description="SQLAlchemy URL; by default SQLite in the data folder")
    blobs_url: str = Field("", description="file:///…, s3://…, gs://…, az://…; by default a folder in the data folder")
    secret_key: SecretStr = Field(
        SecretStr(""), description="seals passwords and secrets; else made and kept in the data folder"
    )

    executor: Literal["local", "ray", "none"] = Field(
        "local",
        description="what reads: processes of this machine, a Ray cluster (RAY_ADDRESS), or none: "
        "`legenda worker` elsewhere",
    )
    ray_gpus: float = Field(0.5, ge=0, description="share of a GPU that each replica of the tier vlm takes on Ray")
    workers: int = Field(0, ge=0, description="worker processes; 0 for one a core")
    worker_megabytes: int = Field(2048, ge=512, description="most memory of a worker")
    worker_units: int = Field(500, ge=1, description="units of work after which a worker is replaced")
    page_seconds: float = Field(120.0, gt=0, description="most time for one page, wall clock and CPU each")
    lease_seconds: float = Field(60.0, gt=0, description="silence after which a unit counts as lost")
    tries: int = Field(3, ge=1, description="how often a page that kills its worker is tried alone")

    upload_megabytes: int = Field(500, ge=1, description="largest input")
    pages: int = Field(5000, ge=1, description="most pages of one input")
    queue_pages: int = Field(200_000, ge=1, description="pages waiting from which new jobs are refused (429)")
    files_megabytes: int = Field(5000, ge=0, description="most the uploaded files of a tenant may take; 0 for any")
    inline_pages: int = Field(5, ge=0, description="jobs of so many pages are answered when done")
    inline_seconds: float = Field(30.0, ge=0, description="... if that takes no longer than this")
    retention_hours: float = Field(24.0, gt=0, description="how long results and inputs are kept")
    delete_inputs: bool = Field(False, description="delete inputs as soon as their job is done")

    anonymous_pages: int = Field(
        0, ge=0, description="credits a day and address without a key; 0 for none, unless on loopback"
    )
    prices: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=lambda: {"fast": 1, "balanced": 1, "accurate": 1}, description="credits a page, by tier"
    )
    plans: dict[str, Plan] = Field(default_factory=lambda: {"default": Plan()}, description="limits by plan")
    balances: bool = Field(False, description="charge pages to balances; without, keys only open the door")
    allow_hosts: Listed = Field(
        (),
        description="own hosts and networks that may be spoken to though they are private; commas between",
    )
    trusted_proxies: Listed = Field(
        (), description="addresses of own proxies, whose X-Forwarded-… and Forwarded are believed; commas between"
    )
    allow_origins: Listed = Field(
        (), description="web pages that may call without a key, such as https://app.example; commas between"
    )
    vlm_url: str = Field(
        "", description="server of a vision language model, up to /v1: vLLM, SGLang, llama.cpp, Ollama (tier vlm)"
    )
    vlm_model: str = Field("", description="model there; by default the first that it lists")
    vlm_key: SecretStr = Field(SecretStr(""), description="API key of that server")
    vlm_profile: str = Field("", description="how the model is asked, see docs/vlm.md; by default told by its name")
    vlm_seconds: float = Field(100.0, gt=0, description="most time for one answer of it")
    vlm_tokens: int = Field(4096, ge=64, description="most tokens of one answer")
    apps: dict[str, str] = Field(
        default_factory=dict,
        description="more names of applications for clients of fal and ModelRunner, each with the one it stands for",
    )
    modelrunner_sync_run: bool = Field(False, description="runs of ModelRunner's clients are answered when done")
    modelrunner_bare_output: bool = Field(
        False, description="the output ModelRunner's clients are given is the list of texts alone"
    )
    tls: Literal["off", "auto"] = Field(
        "off", description="auto: also serve TLS, with certificates of an authority made for this server alone"
    )
    tls_port: int = Field(8443, ge=0, le=65535, description="port of TLS; 0 for any free one")
    connect_proxy: int = Field(
        0, ge=0, le=65535, description="port of a proxy that leads clients of other services here; 0 for none"
    )
    lazarus_version: int = Field(
        2,
        ge=1,
        le=2,
        description="OCR version of the Lazarus interface where a request names none; the service's own is 1",
    )
    lazarus_zip_txt: Literal["json", "plain"] = Field(
        "json", description="what the .txt of its ZIPs has: the whole answer, as the service's, or the text alone"
    )
    model_url: str = Field(
        "", description="base URL of an OpenAI-compatible API, whose model words answers and translates"
    )
    model_name: str = Field("", description="its name there")
    model_key: SecretStr = Field(SecretStr(""), description="its key")
    model_seconds: float = Field(120.0, gt=0, description="most time it may take for an answer")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least important log line")

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database, by default SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'legenda.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        file = os.environ.get("LEGENDA_CONFIG")
        toml = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *toml)

    @classmethod
    def configured(cls, **given: Any) -> Settings:
        """As the environment and the file say, unless `given` says otherwise.

        Raises:
            InvalidOptionError: a value that cannot be. The message names it and does not repeat it: it may be a secret.
        """
        file = os.environ.get("LEGENDA_CONFIG")
        if file and not Path(file).is_file():  # else it would be passed over in silence, with the limits in it
            raise InvalidOptionError(f"The configuration {file} cannot be read", "", "correct LEGENDA_CONFIG")
        try:
            return cls(**given)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            wrong = "; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in found)
        except (SettingsError, OSError, TOMLDecodeError) as error:
            wrong = str(error)
        raise InvalidOptionError("The configuration cannot be used", wrong, "see `legenda serve --help`")
