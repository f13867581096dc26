# Image of the command line `huzhu`, for operators of an installation: it works on the services' databases, store and bus, and
# on the platform through its gateway (HUZHU_URL).
#   docker build -f deploy/images/operator.Dockerfile -t huzhu-operator .
# Pin both base images by digest in your registry's mirror: --build-arg PYTHON_IMAGE=…@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.13.9

# hadolint ignore=DL3006
FROM ${UV_IMAGE} AS uv

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /build
COPY requirements.lock deploy/images/subset.py ./
COPY deploy/images/requirements/local.txt names.txt
RUN python subset.py requirements.lock names.txt > wanted.txt
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --quiet --python python /app/.venv && \
    uv pip install --quiet --python /app/.venv/bin/python --require-hashes --no-deps -r wanted.txt
# Laid out as in the repository: packs that ship are found beside the command line.
COPY libs/common/common /app/libs/common/common
COPY services /app/services
COPY deploy/local/huzhu /app/deploy/local/huzhu
COPY tenants /app/tenants
RUN printf '#!/bin/sh\nexec /app/.venv/bin/python -m huzhu "$@"\n' > /app/.venv/bin/huzhu && \
    chmod 0755 /app/.venv/bin/huzhu && \
    /app/.venv/bin/python -m compileall -q /app/libs /app/services /app/deploy

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="huzhu-operator" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/app/.venv/bin:$PATH \
    HUZHU_HOME=/tmp/huzhu \
    PYTHONPATH=/app/libs/common:/app/deploy/local:/app/services/identity:/app/services/enrollment:/app/services/claims:/app/services/notify:/app/services/ocr:/app/services/activities \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /app /app
WORKDIR /tmp
# The root file system may be read-only; /tmp must be writable.
USER 10001:10001
CMD ["huzhu", "--help"]
