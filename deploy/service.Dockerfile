# One recipe for every service: docker build -f deploy/service.Dockerfile --build-arg SERVICE=admission .
# An image holds shared/ and that one service, so each build proves that the service needs no other.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/relais/bin:$PATH
WORKDIR /app

FROM base AS installed
COPY deploy/service.lock ./
RUN python3 -m venv /opt/relais \
    && pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r service.lock \
    && python -m compileall -q /opt/relais/lib

FROM installed AS sinks-installed
COPY deploy/sinks.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r sinks.lock

FROM base AS runtime
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin relais
# It says which version this is.
COPY pyproject.toml ./
HEALTHCHECK --interval=3s --timeout=4s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(os.environ['RELAIS_HEALTH_URL'], timeout=3)"]

# Stand-ins for the outside world: a mail server that delivers nothing, an SMS gateway that sends nothing.
FROM runtime AS sinks
COPY --from=sinks-installed /opt/relais /opt/relais
COPY shared shared
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/local deploy/local
USER 10001:10001

# What the services share comes first, so that their images share it too.
FROM runtime AS service
COPY --from=installed /opt/relais /opt/relais
COPY shared shared
ARG SERVICE
RUN test -n "$SERVICE" || { echo "name the service: --build-arg SERVICE=admission" >&2; exit 1; }
COPY services/__init__.py services/__init__.py
COPY services/${SERVICE} services/${SERVICE}
USER 10001:10001
