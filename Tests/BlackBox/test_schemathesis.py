"""Requests made from the description, valid and not, with every check that schemathesis has."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ServerProcess

FOLDER = Path(__file__).resolve().parent
# Each operation gets its cases in less; the rest of the time goes into more of them.
SECONDS = 120


def test_it_finds_nothing(folder, redis_socket, tmp_path):
    home = folder / "generated"
    home.mkdir()
    # Keys are required, so that it sees whether they are asked for.
    server = ServerProcess(home, redis_socket, API_KEY_REQUIRED="true", RATE_LIMIT_PER_MINUTE="0", AUTH_FAILURES_PER_MINUTE="1000000")
    try:
        server.start()
        command = [
            Path(sys.executable).with_name("schemathesis"), "--config-file", FOLDER / "schemathesis.toml", "run",
            server.url + "/openapi.json", "--checks", "all", "--header", f"X-API-Key: {server.key}",
            "--max-time", str(SECONDS), "--seed", os.environ.get("THERMOCLINE_SEED", "1"),
        ]
        run = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(FOLDER)}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=3 * SECONDS)
        assert run.returncode == 0, run.stdout[-20_000:]
    finally:
        server.stop()
