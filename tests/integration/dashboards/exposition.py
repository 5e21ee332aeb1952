"""A process that exposes the whole catalogue, each metric with a sample of every label it can have.

Prints its port, then one line for each scrape; at each scrape counters and histograms have grown.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from shared.telemetry import metrics

SAMPLES = {"method": "POST", "route": "/v1/movements", "status": "202"}


def labelled(metric: MetricWrapperBase) -> MetricWrapperBase:
    """The metric itself, or one of its labelled children."""
    names = metric._labelnames
    return metric.labels(*(SAMPLES.get(name, f"some {name}") for name in names)) if names else metric


def grow() -> None:
    """Change every metric of the catalogue."""
    for metric in [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]:
        match labelled(metric):
            case Counter() as counter:
                counter.inc()
            case Gauge() as gauge:
                gauge.set(1)
            case Histogram() as histogram:
                histogram.observe(0.01)


class Exposition(BaseHTTPRequestHandler):
    """The application that Prometheus scrapes."""

    def do_GET(self) -> None:
        grow()
        self.send_response(200)
        self.send_header("content-type", metrics.CONTENT_TYPE)
        self.end_headers()
        self.wfile.write(metrics.expose())
        print("scraped", flush=True)  # noqa: T201

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: standard output counts the scrapes."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Exposition) as server:
        print(server.server_port, flush=True)  # noqa: T201
        server.serve_forever()
