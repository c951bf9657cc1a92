"""A thermocline server of one benchmark: a free port, a data folder and a Redis of its own, gone at the end."""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.join(ROOT, ".build/release/thermocline")


class MeasuredServer:
    def __init__(self, redis=True, **settings):
        self.folder = tempfile.mkdtemp(prefix="tc-bench-")
        self.redis = None
        self.server = None
        socket = os.path.join(self.folder, "redis.sock")
        if redis:
            self.redis = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", self.folder],
                stdout=subprocess.DEVNULL)
        self.environment = dict(
            os.environ, HOST="127.0.0.1", PORT="0", DATA_DIR=os.path.join(self.folder, "data"),
            MODEL_CACHE_DIR=os.path.join(ROOT, ".thermocline/models"), LOG_LEVEL="warning",
            REDIS_URL=f"unix://{socket}" if redis else "off", **settings)

    def __enter__(self):
        return self

    def run(self, *arguments):
        """A command of the binary on this data folder; what it printed."""
        return subprocess.run(
            [BINARY, *arguments], env=self.environment, check=True, capture_output=True, text=True)

    def start(self):
        self.server = subprocess.Popen([BINARY, "serve"], env=self.environment)
        place = os.path.join(self.environment["DATA_DIR"], "server.json")
        for _ in range(600):
            if os.path.exists(place):
                with open(place) as file:
                    self.port = json.load(file)["port"]
                if self.get("/health/ready")[0] == 200:
                    return self
            time.sleep(0.05)
        raise RuntimeError("the server did not become ready")

    def get(self, path):
        return self._send("GET", "/api/v1" + path, None)

    def ask(self, text, **options):
        status, body = self._send("POST", "/api/v1/troubleshoot", json.dumps({"text": text, **options}))
        assert status == 200, (status, body[:200])
        return json.loads(body)

    def _send(self, method, path, body):
        if not hasattr(self, "connection"):
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(method, path, body, {"content-type": "application/json"} if body else {})
        reply = self.connection.getresponse()
        return reply.status, reply.read()

    def __exit__(self, *_):
        for process in (self.server, self.redis):
            if process:
                process.terminate()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def quantile(values, fraction):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]


def need(program, package):
    """Installs a Debian package that a benchmark needs and the server does not."""
    if not shutil.which(program):
        print(f"bench: installing {package}")
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True, stdout=subprocess.DEVNULL)
