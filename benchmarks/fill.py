"""Records snapshots in the ledger of a workspace, as `tenantry observe` does: fill.py WORKSPACE SNAPSHOT..."""

import json
import os
import sys
from pathlib import Path

from tenantry.cli.door import run


def main() -> None:
    """Record each snapshot for the tenant that it names."""
    workspace, *snapshots = sys.argv[1:]
    for snapshot in snapshots:
        tenant = json.loads(Path(snapshot).read_bytes())["tenant"]
        words = ["-C", workspace, "observe", tenant, "--snapshot", snapshot, "--create-ledger"]
        code = run([*words, "--format", f"json={os.devnull}"])
        if code != 0:
            raise SystemExit(f"observe of {tenant} left with {code}")


if __name__ == "__main__":
    main()
