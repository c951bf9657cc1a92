"""The unit file is one that systemd takes, and closes the server in."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from deployment import BINARY, ROOT

UNIT = ROOT / "config/systemd/thermocline.service"


class UnitFileTests(unittest.TestCase):
    def test_systemd_understands_every_line(self):
        with tempfile.TemporaryDirectory(prefix="thermocline-") as folder:
            # The binary is not installed where the tests run.
            copy = pathlib.Path(folder) / UNIT.name
            copy.write_text(UNIT.read_text().replace("/usr/bin/thermocline", str(BINARY)))
            result = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
        complaints = [line for line in result.stderr.split("\n") if UNIT.name in line]
        self.assertEqual((result.returncode, complaints), (0, []), result.stderr)

    def test_exposure_is_low(self):
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", UNIT], capture_output=True, text=True)
        exposure = float(re.search(r"Overall exposure level for \S+: (\d+\.\d+)", result.stdout).group(1))
        # Of 10. What is left is what a server needs: the network, and memory that the inference runtime writes code into.
        self.assertLess(exposure, 2.0, result.stdout)


if __name__ == "__main__":
    unittest.main()
