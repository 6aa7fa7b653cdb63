"""Run the benchmarks: all of them, or those named.

``python -m tests.benchmarks [name…]``, where ``eventlog`` is ``bench_eventlog.py``. Each runs in a
process of its own, so that none warms up another.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    known = {
        path.stem.removeprefix("bench_"): path.stem for path in sorted(HERE.glob("bench_*.py"))
    }
    unknown = [name for name in wanted if name.removeprefix("bench_") not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = []
    for name in [name.removeprefix("bench_") for name in wanted] or known:
        print(f"\n=== {name} ===", flush=True)
        code = f"from tests.benchmarks.{known[name]} import main; main()"
        if subprocess.run(
            [sys.executable, "-c", code], cwd=HERE.parents[1], check=False
        ).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
