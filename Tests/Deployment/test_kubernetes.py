"""The manifests are what Kubernetes takes, and agree with one another and with the server."""

import subprocess
import tempfile
import unittest

import yaml
from deployment import ROOT, TOOLS, Server

import urllib.request


class KubernetesTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = subprocess.run(
            [TOOLS / "bin/kubectl", "kustomize", ROOT / "k8s/overlays/single"], check=True, capture_output=True,
            text=True).stdout
        cls.resources = list(yaml.safe_load_all(cls.text))

    def named(self, kind, name):
        return next(r for r in self.resources if r["kind"] == kind and r["metadata"]["name"] == name)

    def workloads(self):
        for resource in self.resources:
            if resource["kind"] in ("StatefulSet", "Deployment"):
                yield resource["metadata"]["name"], resource["spec"]["template"]
            if resource["kind"] == "CronJob":
                yield resource["metadata"]["name"], resource["spec"]["jobTemplate"]["spec"]["template"]

    def test_schemas(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            # Its schema is the Prometheus operator's; see below.
            yaml.safe_dump_all([r for r in self.resources if r["kind"] != "ServiceMonitor"], file)
            file.flush()
            result = subprocess.run(
                [TOOLS / "bin/kubernetes-validate", "--strict", file.name], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(
            (result.stdout + result.stderr).count("passed for resource"), len(self.resources) - 1, result.stderr)

    def test_everything_that_is_promised_is_there(self):
        kinds = {r["kind"] for r in self.resources}
        self.assertLessEqual(
            {"Namespace", "ConfigMap", "Secret", "Service", "Ingress", "PodDisruptionBudget", "NetworkPolicy",
             "ServiceMonitor", "StatefulSet", "CronJob"}, kinds)
        self.assertNotIn("HorizontalPodAutoscaler", kinds)
        self.assertEqual(self.named("StatefulSet", "thermocline")["spec"]["replicas"], 1)

    def test_pods_meet_the_restricted_profile(self):
        for name, template in self.workloads():
            spec = template["spec"]
            with self.subTest(name):
                self.assertTrue(spec["securityContext"]["runAsNonRoot"])
                self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse(spec["automountServiceAccountToken"])
                for container in spec["containers"] + spec.get("initContainers", []):
                    context = container["securityContext"]
                    self.assertFalse(context["allowPrivilegeEscalation"])
                    self.assertTrue(context["readOnlyRootFilesystem"])
                    self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                    self.assertIn("memory", container["resources"]["limits"])
                    self.assertIn(":", container["image"].split("/")[-1], "an image without a tag")

    def test_selectors_find_what_they_mean(self):
        labels = [template["metadata"]["labels"] for _, template in self.workloads()]
        selectors = []
        for resource in self.resources:
            spec = resource.get("spec", {})
            if resource["kind"] == "Service":
                selectors.append((resource["metadata"]["name"], spec["selector"]))
            if resource["kind"] == "PodDisruptionBudget":
                selectors.append((resource["metadata"]["name"], spec["selector"]["matchLabels"]))
            if resource["kind"] == "NetworkPolicy":
                selectors.append((resource["metadata"]["name"], spec["podSelector"].get("matchLabels", {})))
        for name, selector in selectors:
            self.assertTrue(any(selector.items() <= found.items() for found in labels), f"{name} selects nothing")

    def test_the_service_monitor_names_port_path_and_secret(self):
        endpoint = self.named("ServiceMonitor", "thermocline")["spec"]["endpoints"][0]
        ports = [port["name"] for port in self.named("Service", "thermocline")["spec"]["ports"]]
        self.assertIn(endpoint["port"], ports)
        self.assertEqual(endpoint["authorization"]["credentials"], {"name": "thermocline-operator", "key": "key"})
        selector = self.named("ServiceMonitor", "thermocline")["spec"]["selector"]["matchLabels"]
        self.assertLessEqual(selector.items(), self.named("Service", "thermocline")["metadata"]["labels"].items())

    def test_probes_are_answered_by_the_server_without_a_key(self):
        container = self.named("StatefulSet", "thermocline")["spec"]["template"]["spec"]["containers"][0]
        with Server({"API_KEY_REQUIRED": "true"}) as server:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                path = container[probe]["httpGet"]["path"]
                with urllib.request.urlopen(server.url + path, timeout=10) as reply:
                    self.assertEqual(reply.status, 200, path)

    def test_the_pod_gets_longer_to_end_than_the_server_takes(self):
        grace = self.named("StatefulSet", "thermocline")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        drain = (ROOT / "Sources/Server/Lifecycle/RequestDrain.swift").read_text()
        import re
        limit = int(re.search(r"static let limit = Duration\.seconds\((\d+)\)", drain).group(1))
        self.assertGreater(grace, limit + 5)


if __name__ == "__main__":
    unittest.main()
