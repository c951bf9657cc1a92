"""Requests made from the description, valid and not, with every check that schemathesis has."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import ServerProcess

FOLDER = Path(__file__).resolve().parent
# Found out by running: the coverage phase is the longest, and much more than this finds nothing new.
SECONDS = 120


def test_it_finds_nothing(folder, redis_socket, tmp_path):
    home = folder / "generated"
    home.mkdir()
    server = ServerProcess(home, redis_socket)
    try:
        server.start()
        run = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", FOLDER / "schemathesis.toml", "run",
                server.url + "/openapi.json", "--checks", "all", "--max-time", str(SECONDS), "--seed",
                os.environ.get("THERMOCLINE_SEED", "1"),
            ],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3 * SECONDS)
        assert run.returncode == 0, run.stdout[-20_000:]
        print(run.stdout[-2_000:])
    finally:
        server.stop()
