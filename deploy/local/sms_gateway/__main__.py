"""`python -m deploy.local.sms_gateway --port N [--journal FILE]`.

The password of `--username` is in `RELAIS_SMS_PASSWORD`, or in a file: every account sees a command line.
"""

import argparse
from pathlib import Path

from deploy.local.simulators import serving
from deploy.local.sms_gateway.app import create_app
from shared.runtime.environment import required


def main() -> None:
    parser = argparse.ArgumentParser(prog="sms_gateway", description="An SMS gateway simulator")
    parser.add_argument("--port", type=int, default=8105, help="0 takes a free one")
    parser.add_argument("--journal", type=Path, help="keep every request in this file, one JSON a line")
    parser.add_argument("--report-delay-seconds", type=float, default=0.5, help="between two reports")
    parser.add_argument("--username", help="refuse other accounts; any is accepted without")
    chosen = parser.parse_args()
    credentials = (chosen.username, required("RELAIS_SMS_PASSWORD")) if chosen.username else None
    app = create_app(
        journal=chosen.journal, credentials=credentials, report_delay_seconds=chosen.report_delay_seconds
    )
    serving.serve(app, serving.listen(chosen.port))


if __name__ == "__main__":
    main()
