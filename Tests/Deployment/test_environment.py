"""Every variable that is set anywhere, or spoken of, is one that the server reads."""

import re
import subprocess
import unittest

import yaml
from deployment import ROOT, TOOLS, setting_names

# Variables of programs other than the server, which the guide sets for them.
OTHERS = {"THERMOCLINE_URL", "THERMOCLINE_API_KEY", "XDG_STATE_HOME"} | {"TMPDIR", "THERMOCLINE_SEED", "THERMOCLINE_OPERATIONS", "THERMOCLINE_BUILD", "SETUP_ALLOW_NO_MODEL"}


class EnvironmentTests(unittest.TestCase):
    def setUp(self):
        self.settings = setting_names()

    def check(self, names, place):
        names = set(names)
        self.assertTrue(names, f"{place} sets nothing")
        self.assertEqual(names - self.settings, set(), f"{place} sets what the server does not read")

    def test_env_example(self):
        text = (ROOT / ".env.example").read_text()
        self.check(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.M), ".env.example")
        self.assertIn("API_KEY_REQUIRED=true", text)

    def test_dockerfile(self):
        text = (ROOT / "docker/Dockerfile").read_text()
        block = re.search(r"^ENV (.*?)\n(?=[A-Z]+ )", text, re.M | re.S).group(1)
        self.check(re.findall(r"([A-Z][A-Z0-9_]*)=", block), "the Dockerfile")
        self.assertIn("API_KEY_REQUIRED=true", block)

    def test_compose(self):
        service = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]["thermocline"]
        self.check(service["environment"], "docker/compose.yaml")
        self.assertEqual(service["environment"]["API_KEY_REQUIRED"], "true")

    def test_kubernetes(self):
        rendered = subprocess.run(
            [TOOLS / "bin/kubectl", "kustomize", ROOT / "k8s/overlays/single"], check=True, capture_output=True,
            text=True).stdout
        for resource in yaml.safe_load_all(rendered):
            name = f"{resource['kind']} {resource['metadata']['name']}"
            if resource["kind"] == "ConfigMap":
                self.check(resource["data"], name)
                self.assertEqual(resource["data"]["API_KEY_REQUIRED"], "true")
            if resource["kind"] in ("StatefulSet", "Deployment", "CronJob"):
                self.assertNotRegex(yaml.dump(resource), r"\benv:", f"{name} sets variables that no test looks at")
        comments = (ROOT / "k8s/overlays/single/secret.yaml").read_text()
        self.check(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", comments), "the Secret's comment")

    def test_unit_file(self):
        text = (ROOT / "config/systemd/thermocline.service").read_text()
        self.check(re.findall(r"^Environment=([A-Z][A-Z0-9_]*)=", text, re.M), "the unit file")
        self.assertIn("Environment=API_KEY_REQUIRED=true", text)

    def test_documents(self):
        pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        sources = "\n".join(path.read_text() for path in (ROOT / "Sources").rglob("*.swift"))
        literals = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', sources))
        for page in pages:
            text = page.read_text()
            fences = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S))
            assigned = set(re.findall(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=", fences))
            self.assertEqual(assigned - self.settings - OTHERS, set(), f"{page.name} sets unknown variables")
            # Codes of errors are written the same way, and are in the sources.
            spoken = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", text))
            self.assertEqual(spoken - self.settings - literals - OTHERS, set(), f"{page.name} speaks of unknown ones")


if __name__ == "__main__":
    unittest.main()
