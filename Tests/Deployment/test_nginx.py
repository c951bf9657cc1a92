"""The nginx configuration, under a real nginx with a real server behind it."""

import concurrent.futures
import http.client
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from deployment import ROOT, Server

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
ITEMS = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NginxTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="thermocline-nginx-")
        cls.addClassCleanup(cls.folder.cleanup)
        place = pathlib.Path(cls.folder.name)
        # Asked through a proxy, a server without keys would refuse.
        cls.server_port, cls.port, plain = free_port(), free_port(), free_port()
        cls.server = Server({"PORT": str(cls.server_port), "ALLOW_ANONYMOUS": "true"})
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        # Nothing of the shipped files changes but where things are: /etc/nginx, ports, and who runs the workers.
        for name in ("nginx.conf", "thermocline.conf"):
            text = (ROOT / "config/nginx" / name).read_text()
            text = text.replace("/tmp/", "PLACE/").replace("/etc/nginx/mime.types", "MIME").replace("/etc/nginx", "PLACE")
            text = text.replace("MIME", "/etc/nginx/mime.types").replace("listen 8080;", f"listen 127.0.0.1:{plain};")
            text = text.replace("PLACE", str(place))
            (place / name).write_text(text)
        listen = (ROOT / "config/nginx/listen.container.conf").read_text()
        (place / "listen.conf").write_text(listen.replace("8443", f"127.0.0.1:{cls.port}"))
        upstream = (ROOT / "config/nginx/upstream.local.conf").read_text()
        (place / "upstream.conf").write_text(upstream.replace("8000", str(cls.server_port)))
        (place / "certificates").mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", place / "certificates/key.pem", "-out", place / "certificates/certificate.pem"],
            check=True, capture_output=True)
        cls.tls = ssl.create_default_context(cafile=str(place / "certificates/certificate.pem"))
        cls.plain = plain
        cls.nginx = subprocess.Popen(
            [NGINX, "-p", place, "-c", place / "nginx.conf", "-g", "daemon off; user root;"],
            stderr=open(place / "error.log", "w"))
        cls.addClassCleanup(cls.nginx.wait, timeout=20)
        cls.addClassCleanup(cls.nginx.terminate)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline and cls.nginx.poll() is None, (place / "error.log").read_text()
                time.sleep(0.05)
        items = "".join(
            json.dumps({"issue": f"printer {n} is on fire", "resolution": "extinguish it " + "x" * 2_000}) + "\n"
            for n in range(ITEMS))
        reply, body = cls.call("POST", "/api/v1/knowledge/bulk", items, {"Content-Type": "application/x-ndjson"})
        assert reply.status == 200, body

    @classmethod
    def connection(cls):
        return http.client.HTTPSConnection("localhost", cls.port, context=cls.tls, timeout=30)

    @classmethod
    def call(cls, method, path, body=None, headers=None, connection=None):
        own = connection or cls.connection()
        own.request(method, path, body, headers or {})
        reply = own.getresponse()
        return reply, reply.read()

    def ask(self, connection=None):
        return self.call(
            "POST", "/api/v1/troubleshoot", json.dumps({"text": "printer 7 is on fire"}),
            {"Content-Type": "application/json"}, connection)

    def test_connections_are_kept_on_both_sides(self):
        connection = self.connection()
        self.ask(connection)
        first = connection.sock
        for _ in range(50):
            reply, body = self.ask(connection)
            self.assertEqual(reply.status, 200, body)
        self.assertIs(connection.sock, first)
        # One after the other need one connection to the server, however many there were.
        with open("/proc/net/tcp") as table:
            port = f":{self.server_port:04X}"
            open_ones = [line for line in table if line.split()[2].endswith(port) and line.split()[3] == "01"]
        self.assertLess(len(open_ones), 10)

    def test_headers_and_ids(self):
        reply, _ = self.call("GET", "/api/v1/health/ready", headers={"X-Request-ID": "mine-1"})
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.getheader("X-Request-ID"), "mine-1")
        self.assertIn("max-age", reply.getheader("Strict-Transport-Security"))
        self.assertEqual(reply.getheader("X-Content-Type-Options"), "nosniff")
        self.assertEqual(reply.getheader("X-Frame-Options"), "DENY")

    def test_plain_http_is_sent_to_tls(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10)
        connection.request("POST", "/api/v1/troubleshoot", "{}", {"Host": "kb.example"})
        reply = connection.getresponse()
        self.assertEqual((reply.status, reply.getheader("Location")), (308, "https://kb.example/api/v1/troubleshoot"))

    def test_a_body_over_the_limit_is_refused_in_the_shape_of_every_error(self):
        reply, body = self.call(
            "POST", "/api/v1/troubleshoot", "x" * 1_200_000, {"Content-Type": "application/json"})
        self.assertEqual(reply.status, 413)
        self.assertEqual(json.loads(body)["error"]["code"], "BODY_TOO_LARGE")

    def test_bulk_streams_up(self):
        """A line is stored while the next ones are still to come, and the whole is over every other limit."""
        connection = self.connection()
        connection.putrequest("POST", "/api/v1/knowledge/bulk")
        connection.putheader("Content-Type", "application/x-ndjson")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        pad = "y" * 60_000

        def send(number):
            line = (json.dumps({"issue": f"scanner {number} hums", "resolution": pad}) + "\n").encode()
            connection.send(f"{len(line):x}\r\n".encode() + line + b"\r\n")

        for number in range(40):
            send(number)
        deadline = time.monotonic() + 20
        while True:
            _, found = self.call("GET", "/api/v1/knowledge?limit=1&q=scanner")
            _, body = self.call("GET", "/api/v1/system/info")
            if json.loads(body)["storage_info"]["cold_storage_size"] > ITEMS:
                break
            self.assertLess(time.monotonic(), deadline, "nothing was stored before the end of the body")
            time.sleep(0.05)
        for number in range(40, 60):
            send(number)
        connection.send(b"0\r\n\r\n")
        reply = connection.getresponse()
        summary = json.loads(reply.read().strip().split(b"\n")[-1])["summary"]
        self.assertEqual((reply.status, summary["created"]), (200, 60))

    def test_export_streams_down(self):
        """A reader that takes its time is not cut off, and nginx keeps none of it on disk."""
        connection = self.connection()
        connection.request("GET", "/api/v1/knowledge/export")
        reply = connection.getresponse()
        size = 0
        while chunk := reply.read(65_536):
            size += len(chunk)
            time.sleep(0.01)
        self.assertGreater(size, ITEMS * 2_000)
        self.assertEqual(list((pathlib.Path(self.folder.name) / "nginx-proxy").rglob("*.*")), [])

    def test_too_many_requests_of_one_address_are_told_when_to_come_again(self):
        limited = []

        def burst(_):
            connection = self.connection()
            for _ in range(60):
                reply, body = self.call("GET", "/api/v1/health/live", connection=connection)
                if reply.status == 429:
                    limited.append((reply.getheader("Retry-After"), json.loads(body)["error"]["code"]))

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(burst, range(16)))
        self.assertTrue(limited)
        self.assertEqual(set(limited), {("1", "RATE_LIMITED")})
        # The others' turn comes again within a moment.
        time.sleep(3)
        self.assertEqual(self.ask()[0].status, 200)

    def test_a_restart_behind_it_is_a_short_pause_and_no_502(self):
        time.sleep(3)
        replies, stop = [], threading.Event()

        def client(_):
            connection = self.connection()
            while not stop.is_set():
                reply, body = self.ask(connection)
                replies.append((time.monotonic(), reply.status, reply.getheader("Retry-After"), body))
                if reply.getheader("Connection") == "close":
                    connection.close()
                time.sleep(0.05)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            clients = [pool.submit(client, number) for number in range(4)]
            time.sleep(1)
            self.server.stop()
            self.server.start()
            started = time.monotonic()
            time.sleep(1)
            stop.set()
            for one in clients:
                one.result()
        statuses = {status for _, status, _, _ in replies}
        self.assertLessEqual(statuses, {200, 503}, [r for r in replies if r[1] not in (200, 503)][:3])
        for _, status, retry, body in replies:
            if status == 503:
                self.assertEqual(retry, "1")
                self.assertIn(json.loads(body)["error"]["code"], ("UNAVAILABLE", "SHUTTING_DOWN"))
        # Once the server listens again, nobody is refused any more: nginx does not hold the pause against it.
        late = [status for at, status, _, _ in replies if at > started + 0.3]
        self.assertTrue(late)
        self.assertEqual(set(late), {200})


if __name__ == "__main__":
    unittest.main()
