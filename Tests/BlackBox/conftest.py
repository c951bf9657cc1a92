"""A real server with a real Redis and the sample knowledge, for tests that know nothing but its contract."""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from contract_client import Client
from described_interface import DescribedInterface

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("THERMOCLINE_BINARY", ROOT / ".build/release/thermocline"))
# A start takes about a second, in a debug build on a busy machine several.
READY_SECONDS = 60


class ServerProcess:
    """A server of its own folder and port, and how it is asked."""

    def __init__(self, folder: Path, redis_socket: Path | None, **settings: str):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "HOST": "127.0.0.1",
            "PORT": "0",
            "DATA_DIR": str(folder / "data"),
            "REDIS_URL": f"unix://{redis_socket}" if redis_socket else "off",
            "LOG_LEVEL": "warning",
            **{name: os.environ[name] for name in ("MODEL_CACHE_DIR", "MODEL_PATH") if name in os.environ},
            **settings,
        }
        self.log = open(folder / "server.log", "w")
        self.process = None

    def run(self, *arguments: str) -> None:
        """A command of the program, over the same folder."""
        subprocess.run([BINARY, *arguments], cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> "ServerProcess":
        self.process = subprocess.Popen(
            [BINARY, "serve"], cwd=ROOT, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT)
        place = self.folder / "data" / "server.json"
        for _ in range(READY_SECONDS * 20):
            assert self.process.poll() is None, (self.folder / "server.log").read_text()
            try:
                written = json.loads(place.read_text())
                if written["pid"] == self.process.pid:
                    self.url = written["url"]
                    if Client(self.url).get("/health/ready").status == 200:
                        return self
            except (OSError, ValueError):
                pass
            time.sleep(0.05)
        raise AssertionError("the server is not ready: " + (self.folder / "server.log").read_text())

    @property
    def key(self) -> str:
        """The first operator's, which a server that requires keys leaves in a file for its owner alone."""
        return (self.folder / "data" / "operator.key").read_text().strip()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


@pytest.fixture(scope="session")
def folder():
    # Short, for a socket's path has room for 107 bytes.
    with tempfile.TemporaryDirectory(prefix="thermocline-") as path:
        yield Path(path)


@pytest.fixture(scope="session")
def redis_socket(folder):
    socket = folder / "redis.sock"
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL)
    for _ in range(100):
        if socket.exists():
            break
        time.sleep(0.05)
    yield socket
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def server(folder, redis_socket):
    home = folder / "sampled"
    home.mkdir()
    server = ServerProcess(home, redis_socket)
    server.run("import", *map(str, sorted((ROOT / "config/knowledge").glob("*.ndjson"))))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def interface(server):
    return DescribedInterface(Client(server.url).get("/openapi.json").json)


@pytest.fixture(scope="session")
def secrets(server, folder):
    """What no reply may contain: places on the server's disk, and words of its parts' own errors."""
    return [str(folder), "/data/thermocline", str(ROOT), ".swift", "GRDB", "DatabaseError", "NIOCore", "hiredis", "libopenvino"]


@pytest.fixture
def client(server, interface, secrets):
    """Every reply that it gets is held against the description, and searched for what must not be in it."""
    return Client(server.url, interface, secrets)
