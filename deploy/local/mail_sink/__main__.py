"""`python -m deploy.local.mail_sink --smtp-port N --http-port N [--journal FILE]`."""

import argparse
from pathlib import Path

from deploy.local.mail_sink.app import create_app
from deploy.local.simulators import serving


def main() -> None:
    parser = argparse.ArgumentParser(prog="mail_sink", description="A mail server that delivers nothing")
    parser.add_argument("--smtp-port", type=int, default=8125, help="0 takes a free one")
    parser.add_argument("--http-port", type=int, default=8106, help="0 takes a free one")
    parser.add_argument("--journal", type=Path, help="keep every message in this file, one JSON a line")
    chosen = parser.parse_args()
    smtp = serving.listen(chosen.smtp_port)
    page = serving.listen(chosen.http_port)
    app = create_app(smtp, journal=chosen.journal)
    serving.serve(app, page)


if __name__ == "__main__":
    main()
