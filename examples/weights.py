"""A desk in Python: reads from the newest report how much capital each agent may use. Only the standard library is used.

Run it beside the state: `python3 examples/weights.py`, or with another folder, and an instant to read it as of:
`python3 examples/weights.py FOLDER 2026-11-21T12:00:00.000Z`. It ends with 1, and gives no weight, where there is no report, where its
version is another one, and where it is too old to be acted on.
"""

import json
import pathlib
import sys
from datetime import datetime, timedelta, timezone

REPORT_VERSION = 1
# A report is as of the newest exit among its rows. Where none has ended for so long, nobody signals or nobody looks any more.
MAX_AGE = timedelta(hours=48)


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def read_weights(folder, now):
    """Returns agent -> (share of the capital, what it is made of); raises where nothing may be concluded."""
    path = pathlib.Path(folder, "supervisor", "meta_report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    if report["v"] != REPORT_VERSION:
        raise ValueError(f"{path} has version {report['v']}; expected {REPORT_VERSION}")
    if report["generated_at"] is None:
        raise ValueError(f"{path} knows no row yet")
    if now - instant(report["generated_at"]) > MAX_AGE:
        raise ValueError(f"{path} is as of {report['generated_at']}; expected nothing older than {MAX_AGE}")
    allocations = {name: agent["allocation"] for name, agent in report["agents"].items()}
    return {name: (allocation["weight"], reason(allocation)) for name, allocation in allocations.items()}


def reason(allocation):
    if allocation["status"] != "ENABLED":
        return allocation["status"]
    return f"base {allocation['base']} x confidence {allocation['multiplier']} x divergence {allocation['divergence_factor']}"


if __name__ == "__main__":
    state = sys.argv[1] if len(sys.argv) > 1 else "state/data"
    try:
        as_of = instant(sys.argv[2]) if len(sys.argv) > 2 else datetime.now(timezone.utc)
        weights = read_weights(state, as_of)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"no weights: {error}")
    for agent, (weight, why) in sorted(weights.items()):
        print(f"{agent} {weight:.4f} ({why})")
