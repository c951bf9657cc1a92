"""Every command of docs/operating.md, run in order against a real server with keys required."""

import os
import pathlib
import re
import subprocess
import unittest

from deployment import BINARY, ROOT, Server

SYSTEMCTL = """#!/bin/sh
# Starts and stops the server of the test, and answers as systemctl does: when it is done.
echo "$1" >"$TEST_FOLDER/order.draft" && mv "$TEST_FOLDER/order.draft" "$TEST_FOLDER/order"
while [ -e "$TEST_FOLDER/order" ]; do sleep 0.05; done
"""


class OperatingGuideTests(unittest.TestCase):
    def test_every_command_works(self):
        text = (ROOT / "docs/operating.md").read_text()
        fences = re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
        self.assertGreater(len(fences), 10)
        self.assertEqual({language for language, _ in fences}, {"sh"}, "a command that no test runs")
        # All of it within seconds is more than a caller may ask of a server with limits.
        with Server({"API_KEY_REQUIRED": "true", "RATE_LIMIT_PER_MINUTE": "0"}) as server:
            # A restart comes back where it was.
            server.environment["PORT"] = str(server.port)
            key = (server.folder / "data/operator.key").read_text().strip()
            imported = server.run(
                "import", *sorted((ROOT / "config/knowledge").glob("*.ndjson")), "--api-key", key)
            self.assertEqual(imported.returncode, 0, imported.stderr)
            before = server.run("export", "--api-key", key)
            self.assertEqual(before.returncode, 0, before.stderr)
            output = self.run_in_one_shell("".join(commands for _, commands in fences), server)
            self.assertIn("is whole: 322 items", output)
            self.assertIn("restored into", output)
            self.assertIn("npm install hangs behind a corporate proxy", output)
            # Through a restore, the loss of the whole folder and an upgrade, all of it is there.
            after = server.run("export", "--api-key", key)
            self.assertEqual(after.stdout, before.stdout)
            self.assertEqual(len(before.stdout.splitlines()), 322)

    def run_in_one_shell(self, commands, server):
        """As a person types them: one after the other, and each has to work."""
        tools = server.folder / "tools"
        tools.mkdir()
        (tools / "thermocline").symlink_to(BINARY)
        (tools / "systemctl").write_text(SYSTEMCTL)
        (tools / "systemctl").chmod(0o755)
        environment = server.environment | {
            "PATH": f"{tools}:{os.environ['PATH']}", "TEST_FOLDER": str(server.folder), "HOME": str(server.folder)}
        output = server.folder / "output"
        with open(output, "w") as file:
            shell = subprocess.Popen(
                ["bash", "-euxo", "pipefail", "-c", commands], env=environment, cwd=server.folder, stdout=file,
                stderr=subprocess.STDOUT)
        order = server.folder / "order"
        while True:
            try:
                code = shell.wait(timeout=0.05)
                break
            except subprocess.TimeoutExpired:
                if order.exists():
                    asked = order.read_text().strip()
                    if asked in ("stop", "restart"):
                        server.stop()
                    if asked in ("start", "restart"):
                        server.start()
                    order.unlink()
        text = output.read_text()
        self.assertEqual(code, 0, text[-4000:])
        return text


if __name__ == "__main__":
    unittest.main()
