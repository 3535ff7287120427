"""A real S3 server (SeaweedFS) on this machine, for the length of a test module."""

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from adapters.objects import Objects
from tests.stack import eventually, free_ports

BUCKET = "evidence"


@dataclass(frozen=True, kw_only=True)
class Seaweed:
    """Where the server is and who may use it."""

    endpoint: str
    access_key: str = "test-access"
    secret_key: str = "test-secret"

    def objects(self, prefix: str) -> Objects:
        """The store as the product opens it, below ``prefix`` of the bucket."""
        return Objects(
            f"s3://{BUCKET}/{prefix}",
            endpoint=self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
        )

    def bucket(self) -> S3Store:
        """The bucket as somebody with other means sees it."""
        return S3Store(
            BUCKET,
            endpoint=self.endpoint,
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            client_options={"allow_http": True, "timeout": timedelta(seconds=5)},
            retry_config={"max_retries": 0},
        )

    async def keys(self, prefix: str) -> list[str]:
        """The keys below ``prefix``."""
        return [each["path"] for each in await obstore.list(self.bucket(), prefix).collect_async()]

    async def _ready(self) -> bool:
        try:
            await obstore.put_async(self.bucket(), "ready", b"yes", use_multipart=False)
        except (BaseError, OSError):
            return False
        return True


@contextlib.asynccontextmanager
async def started() -> AsyncIterator[Seaweed]:
    """A server with its data in a folder of its own, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-s3-"))
    ports = free_ports(8)
    server = Seaweed(endpoint=f"http://127.0.0.1:{ports[0]}")
    (folder / "s3.json").write_text(json.dumps(_identity(server)))
    process = await asyncio.create_subprocess_exec(
        *_command(folder, ports), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await eventually(server._ready)
        yield server
    finally:
        # Not asked nicely: that takes it many seconds, and nobody wants its data.
        process.kill()
        await process.wait()
        _tidy(folder, ports)


def _tidy(folder: Path, ports: list[int]) -> None:
    shutil.rmtree(folder)
    # It also opens sockets with names of its own choice.
    for socket in Path(tempfile.gettempdir()).glob("seaweedfs-*.sock"):
        if any(socket.stem.endswith(f"-{port}") for port in ports):
            socket.unlink()


def _identity(server: Seaweed) -> dict[str, object]:
    keys = {"accessKey": server.access_key, "secretKey": server.secret_key}
    return {
        "identities": [{"name": "test", "credentials": [keys], "actions": ["Admin", "Read", "Write", "List"]}]
    }


def _command(folder: Path, ports: list[int]) -> list[str]:
    s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = ports
    return [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        f"-s3.config={folder / 's3.json'}",
        f"-s3.port={s3}",
        f"-s3.port.grpc={s3_grpc}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-master.port={master}",
        f"-master.port.grpc={master_grpc}",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=128",
        f"-volume.port={volume}",
        f"-volume.port.grpc={volume_grpc}",
        "-volume.max=2",
        "-volume.preStopSeconds=0",
        f"-filer.port={filer}",
        f"-filer.port.grpc={filer_grpc}",
    ]
