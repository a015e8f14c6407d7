"""An agent in Python: hands its signals to `warden emit`, one JSON object per line. Only the standard library is used.

Run it from the folder that holds the state: `python3 examples/emit.py`. The command may be named in WARDEN,
for example WARDEN="node dist/cli.js".
"""

import json
import os
import shlex
import subprocess
import sys
from datetime import datetime, timezone

EXIT_DONE = 0
EXIT_LINES_REJECTED = 2


def emit(signals):
    """Stores the signals and returns their event ids; raises if one of them was refused."""
    lines = "".join(json.dumps(signal, allow_nan=False) + "\n" for signal in signals)
    command = shlex.split(os.environ.get("WARDEN", "npx warden")) + ["emit", "--json"]
    done = subprocess.run(command, input=lines, text=True, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (EXIT_DONE, EXIT_LINES_REJECTED):
        raise RuntimeError(f"warden emit ended with {done.returncode}; its reason is on standard error")
    report = json.loads(done.stdout)
    if done.returncode == EXIT_LINES_REJECTED:
        raise ValueError(f"{report['rejected'] + report['conflicts']} signals were refused, see above")
    return report["event_ids"]


if __name__ == "__main__":
    now = datetime.now(timezone.utc).isoformat()  # with a zone: a time without one is refused
    for event_id in emit(
        [
            {
                "ts": now,
                "agent": "example-python",
                "run_id": f"example-python-{now}",
                "symbol": "ETH/USDT",
                "direction": "LONG",
                "score_final": 0.7,
                "confidence": 0.55,
                "regime": "TREND",
            }
        ]
    ):
        print("stored", event_id, file=sys.stdout)
