"""SeaweedFS (`weed mini`) as a child of ours: the object store behind the S3 protocol, keys required."""

import asyncio
import io
import os
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from huzhu.home import Home
from huzhu.parts.part import NotYet, Part
from huzhu.parts.ports import HOST, Ports
from huzhu.processes.program import Program

if TYPE_CHECKING:
    from minio import Minio

PROBE_BUCKET = "huzhu-ready"
REGION = "us-east-1"
# Each server listens for HTTP on its port and for gRPC ten thousand above, a distance its parts assume.
_SERVERS = ("master", "volume", "filer", "s3", "admin")
GRPC_DISTANCE = 10000
_GRPC_SPEAKERS = ("MASTER", "VOLUME", "FILER", "S3", "ADMIN", "WORKER", "CLIENT")
_SIGNED = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")


class EmbeddedSeaweed(Part):
    """The SeaweedFS of one home."""

    name = "seaweed"
    title = "SeaweedFS"

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.ports: dict[str, int] = {}

    @property
    def endpoint(self) -> str:
        """host:port of the S3 protocol (plain HTTP)."""
        return f"{HOST}:{self.ports['s3']}"

    @property
    def access_key(self) -> str:
        """The S3 access key."""
        return self.home.secrets["s3_access_key"]

    @property
    def secret_key(self) -> str:
        """The S3 secret key: for environments, never for logs."""
        return self.home.secrets["s3_secret_key"]

    def client(self) -> "Minio":
        """A client with the keys that gives up fast; it is synchronous: call it in a thread."""
        import urllib3
        from minio import Minio

        return Minio(
            self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=False,
            region=REGION,
            http_client=urllib3.PoolManager(timeout=urllib3.Timeout(5), retries=False),
        )

    async def stop(self) -> None:
        """Stops the servers, which takes about a second, and removes the sockets they leave."""
        await super().stop()
        self._remove_sockets()

    def use_ports(self, ports: Ports) -> None:
        """Two for each of the servers; the second is the first and ten thousand."""
        self.ports = {server: ports.take(f"seaweed.{server}", companion=GRPC_DISTANCE) for server in _SERVERS}

    def program(self) -> Program:
        """All the servers in one process."""
        self._remove_sockets()
        env = self._environment()
        data = self.home.data_of("seaweed")
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        argv = [
            *(str(weed), "mini", f"-dir={data}", f"-ip={HOST}", f"-ip.bind={HOST}"),
            *(f"-{server}.port={port}" for server, port in self.ports.items()),
            # The volume server keeps its name when a port has to change.
            *("-volume.id=huzhu", "-volume.preStopSeconds=0"),
            *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            *("-master.telemetry=false", "-s3.iam=false"),
        ]
        return Program("seaweed", argv, cwd=data, env=env)

    def _environment(self) -> dict[str, str]:
        """Keys for every listener, not for S3 alone: any page in a browser can reach a loopback port.

        Without them the master deletes a bucket's data at an anonymous GET (`/col/delete`, tried with 4.48).
        """
        from huzhu.parts.certificates import make_certificates

        certificates = make_certificates(self.home.create().run / "seaweed")
        pair = {"CERT": str(certificates.certificate), "KEY": str(certificates.key)}
        env = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "WEED_GRPC_CA": str(certificates.authority),
            "WEED_HTTPS_MASTER_CA": str(certificates.authority),
        }
        for speaker in _GRPC_SPEAKERS:
            env |= {f"WEED_GRPC_{speaker}_{part}": file for part, file in pair.items()}
        env |= {f"WEED_HTTPS_MASTER_{part}": file for part, file in pair.items()}
        signing_key = self.home.secrets["seaweed_signing_key"]
        return env | {f"WEED_JWT_{listener}_KEY": signing_key for listener in _SIGNED}

    def _remove_sockets(self) -> None:
        # weed leaves unix sockets in /tmp, named by port.
        for port in (own for base in self.ports.values() for own in (base, base + GRPC_DISTANCE)):
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 (its fixed place)
                socket.unlink(missing_ok=True)

    async def answers(self) -> None:
        """Writes and reads an object: S3 answers earlier, but its volumes are not there yet."""
        from minio.error import MinioException
        from urllib3.exceptions import HTTPError

        try:
            await asyncio.to_thread(self._write_and_read)
        except (MinioException, HTTPError) as error:
            raise NotYet(str(error)) from error

    def _write_and_read(self) -> None:
        client, probe = self.client(), os.urandom(8)
        if not client.bucket_exists(PROBE_BUCKET):
            client.make_bucket(PROBE_BUCKET)
        client.put_object(PROBE_BUCKET, "ready", io.BytesIO(probe), len(probe))
        with client.get_object(PROBE_BUCKET, "ready") as answer:
            answer.read()
