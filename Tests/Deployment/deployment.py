"""What the tests of this folder share: places, the settings that the server reads, and servers started for a test."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("THERMOCLINE_BUILD", ".build/release")).resolve()
BINARY = BUILD / "thermocline"
MODELS = ROOT / os.environ.get("MODEL_CACHE_DIR", ".thermocline/models")
TOOLS = ROOT / ".thermocline" / "deployment"


def setting_names():
    """Every variable that the server reads, as it says itself."""
    text = subprocess.run([BINARY, "serve", "--help"], check=True, capture_output=True, text=True).stdout
    names = re.findall(r"^\s+([A-Z][A-Z0-9_]+)  +\S", text, re.M)
    assert "DATA_DIR" in names and len(names) > 20, text
    return set(names)


class Server:
    """A server in a folder of its own, ended and removed with the block that uses it."""

    def __init__(self, environment=None, folder=None):
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="thermocline-")
        self.folder = pathlib.Path(folder or self._temporary.name)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOST": "127.0.0.1",
            "PORT": "0",
            "DATA_DIR": str(self.folder / "data"),
            "BACKUP_DIR": str(self.folder / "backups"),
            "REDIS_URL": "off",
            "MODEL_CACHE_DIR": str(MODELS),
            "LOG_LEVEL": "warning",
        } | (environment or {})
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self._temporary:
            self._temporary.cleanup()

    def start(self):
        place = self.folder / "data" / "server.json"
        place.unlink(missing_ok=True)
        self.process = subprocess.Popen([BINARY, "serve"], env=self.environment, cwd=self.folder)
        deadline = time.monotonic() + 60
        while not place.exists():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)
        found = json.loads(place.read_text())
        self.url, self.port = found["url"], found["port"]

    def stop(self):
        """As a service manager does; returns when it has ended."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(timeout=60)
            assert code == 0, f"the server ended with {code}"

    def run(self, *arguments, **options):
        return subprocess.run(
            [BINARY, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True, **options)


def ask(url, text, **options):
    """The reply to a question, as a dictionary."""
    request = urllib.request.Request(
        url + "/api/v1/troubleshoot", json.dumps({"text": text}).encode(), {"Content-Type": "application/json"},
        **options)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)
