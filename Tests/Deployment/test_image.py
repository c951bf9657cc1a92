"""The image: its recipe passes the linter, and its files suffice.

No container engine is needed. The runtime stage of docker/Dockerfile is a Debian system, the packages of docker/packages and
what docker/stage puts together; here debootstrap makes the same system, and the server answers a question inside it, as the
image's user, with the root read-only, no other file of this machine and no other process in sight.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from deployment import BUILD, MODELS, ROOT, TOOLS

# What the image's entry is given to do: store, start, be found ready, answer, end.
SCRIPT = r"""
set -eu
mount -t proc proc /proc
mount -o remount,ro,bind /
for folder in /var/lib/thermocline /var/backups/thermocline /tmp; do mount -t tmpfs -o mode=1777 tmpfs $folder; done
exec setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all sh -c '
set -eu
cd /var/lib/thermocline
if touch /usr/share/written 2>/dev/null; then echo "the root can be written"; exit 1; fi
thermocline import /usr/share/thermocline/knowledge/*.ndjson
thermocline serve &
server=$!
tries=0
until thermocline check --ready; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.1; done
thermocline query "npm install hangs behind a proxy" --json
thermocline backup
thermocline verify latest
kill -TERM $server
wait $server
'
"""


class ImageTests(unittest.TestCase):
    def test_the_recipe_passes_the_linter(self):
        result = subprocess.run(
            [TOOLS / "bin/hadolint", "--failure-threshold", "style", ROOT / "docker/Dockerfile"], capture_output=True,
            text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_images_are_pinned_by_tag(self):
        for image in re.findall(r"^FROM (\S+)", (ROOT / "docker/Dockerfile").read_text(), re.M):
            self.assertRegex(image, r":\d+\.\d+", image)

    def test_everything_that_is_copied_is_sent_to_the_builder(self):
        ignored = (ROOT / ".dockerignore").read_text().split("\n")
        self.assertIn("*", ignored)
        for source in re.findall(r"^COPY (?!--from)(\S+)", (ROOT / "docker/Dockerfile").read_text(), re.M):
            self.assertIn("!" + source, ignored)
            self.assertTrue((ROOT / source).exists(), source)

    def test_the_files_suffice(self):
        self.assertEqual(os.geteuid(), 0, "this test makes a root of its own: run it as root")
        with tempfile.TemporaryDirectory(prefix="thermocline-root-") as folder:
            root = pathlib.Path(folder)
            self.make_system(root)
            subprocess.run([ROOT / "docker/stage", BUILD, MODELS, root], check=True, capture_output=True)
            environment = dict(re.findall(r"\b([A-Z_]+)=(\S+)", self.instruction("ENV")))
            # One user asks, of the same machine, and no Redis is there.
            environment |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "REDIS_URL": "off", "HOST": "127.0.0.1", "API_KEY_REQUIRED": "false"}
            result = subprocess.run(
                ["unshare", "--mount", "--pid", "--net", "--fork", "--propagation", "private", "sh", "-c",
                 f'ip link set lo up 2>/dev/null; mount --bind "{root}" "{root}"; exec chroot "{root}" sh -c "$0"', SCRIPT],
                env=environment, capture_output=True, text=True, timeout=300)
            self.assertEqual(result.returncode, 0, result.stdout[-2000:] + result.stderr[-4000:])
            self.assertIn("npm install hangs behind a corporate proxy", result.stdout)
            # By meaning: model and runtime were found, and by the vectors' kernel.
            self.assertIn('"score_basis":"cosine"', result.stdout)
            self.assertIn("is whole: 32", result.stdout)

    def instruction(self, name):
        text = (ROOT / "docker/Dockerfile").read_text().replace("\\\n", " ")
        return re.search(rf"^{name} (.*)$", text, re.M).group(1)

    def make_system(self, root):
        """A minimal Debian with the image's packages; kept as an archive, since it changes as seldom as they do."""
        packages = [
            line for line in (ROOT / "docker/packages").read_text().split("\n") if line and not line.startswith("#")
        ]
        release = re.search(r"^FROM debian:(\d+)", (ROOT / "docker/Dockerfile").read_text(), re.M).group(1)
        suite = {"12": "bookworm", "13": "trixie"}[release]
        archive = TOOLS / f"{suite}-{'-'.join(packages)}.tar"
        if not archive.exists():
            made = pathlib.Path(tempfile.mkdtemp(dir=TOOLS))
            try:
                subprocess.run(
                    ["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", suite, made],
                    check=True, capture_output=True, text=True)
                draft = archive.with_suffix(".draft")
                subprocess.run(
                    ["tar", "--create", "--file", draft, "--directory", made, "--exclude=./proc/*", "--exclude=./sys/*",
                     "--exclude=./var/cache/apt/archives/*", "."], check=True)
                draft.rename(archive)
            finally:
                shutil.rmtree(made)
        subprocess.run(["tar", "--extract", "--file", archive, "--directory", root], check=True)
        # A temporary folder is for its owner alone; the root of a system is not.
        root.chmod(0o755)
        for folder in ("var/lib/thermocline", "var/backups/thermocline"):
            (root / folder).mkdir(parents=True)


if __name__ == "__main__":
    unittest.main()
