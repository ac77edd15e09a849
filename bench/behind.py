"""How long the worker's duties take on an installation, and whether its books are sound.

Run as a program with the installation's environment; prints one JSON object.
"""

import json
import statistics
import sys
import time
from datetime import timedelta

from yellowcart.config import boot

LOOKS = 5


def main() -> None:
    """Time every duty and the check of the books."""
    boot.boot()
    # Duties and checks need Django.
    from yellowcart.config.worker import duties
    from yellowcart.core.clock import now
    from yellowcart.ledger.checking import check_books
    from yellowcart.payments.reconciling import reconcile_by_hand

    took = {}
    for name, duty in duties().items():
        times = []
        for _look in range(LOOKS):
            began = time.perf_counter()
            duty()
            times.append((time.perf_counter() - began) * 1_000)
        took[name] = round(statistics.median(times), 1)
    began = time.perf_counter()
    run = reconcile_by_hand("sandbox", (now() - timedelta(days=2)).date())
    took["a line of a provider's statement"] = round(
        (time.perf_counter() - began) * 1_000 / max(run.matched, 1), 2
    )
    began = time.perf_counter()
    report = check_books()
    check_seconds = time.perf_counter() - began
    if not report.is_sound:
        sys.exit(f"the books are not sound: {report.breaks[:3]}")
    sys.stdout.write(
        json.dumps(
            {
                "duties_ms": took,
                "entries": report.entries,
                "check_seconds": round(check_seconds, 1),
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
