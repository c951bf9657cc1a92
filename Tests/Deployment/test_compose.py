"""docker/compose.yaml is what Compose takes, and its containers are closed."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from deployment import ROOT, TOOLS


class ComposeTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A copy, for what a person makes beside the file (.env, secrets) is to have no part in it.
        cls.folder = tempfile.TemporaryDirectory(prefix="thermocline-")
        root = Path(cls.folder.name)
        for name in ("docker", "config"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("certificates", "secrets"))
        shutil.copy(ROOT / ".env.example", root / ".env")
        made = subprocess.run([root / "docker/certificate", "localhost"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        result = subprocess.run(
            [TOOLS / "bin/docker-compose", "--file", root / "docker/compose.yaml", "config", "--format", "json"],
            capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        cls.root = root
        cls.compose = json.loads(result.stdout)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_files_that_are_mounted_are_there(self):
        for name, service in self.compose["services"].items():
            for volume in service.get("volumes", []):
                if volume["type"] == "bind":
                    self.assertTrue(Path(volume["source"]).exists(), f"{name} mounts {volume['source']}")
        for secret in self.compose["secrets"].values():
            self.assertTrue(Path(secret["file"]).is_file(), secret)

    def test_settings_come_from_the_example(self):
        environment = self.compose["services"]["thermocline"]["environment"]
        self.assertEqual(environment["BACKUP_INTERVAL_MINUTES"], "60")
        self.assertEqual(environment["API_KEY_REQUIRED"], "true")

    def test_containers_are_closed(self):
        for name, service in self.compose["services"].items():
            with self.subTest(name):
                self.assertIn("ALL", service["cap_drop"])
                self.assertIn("no-new-privileges:true", service["security_opt"])
                self.assertIn(":", service.get("image", ":"))
                self.assertGreater(int(service["mem_limit"]), 0)
        for name in ("thermocline", "redis", "nginx", "prometheus"):
            self.assertTrue(self.compose["services"][name]["read_only"], name)
        self.assertTrue(self.compose["networks"]["back"]["internal"])
        self.assertEqual(list(self.compose["services"]["redis"]["networks"]), ["back"])
        for name in ("prometheus", "grafana"):
            for port in self.compose["services"][name]["ports"]:
                self.assertEqual(port["host_ip"], "127.0.0.1", name)
        for name in ("thermocline", "redis"):
            self.assertNotIn("ports", self.compose["services"][name])

    def test_the_certificate_is_made_once(self):
        key = (self.root / "docker/certificates/key.pem").read_bytes()
        subprocess.run([self.root / "docker/certificate", "localhost"], check=True)
        self.assertEqual((self.root / "docker/certificates/key.pem").read_bytes(), key)


if __name__ == "__main__":
    unittest.main()
