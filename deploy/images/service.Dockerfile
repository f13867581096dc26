# Image of one service; its commands are api, worker, schedule and migrate (ocr also: recognition).
#   docker build -f deploy/images/service.Dockerfile --build-arg SERVICE=claims -t huzhu-claims .
# Pin both base images by digest in your registry's mirror: --build-arg PYTHON_IMAGE=…@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.13.9

# hadolint ignore=DL3006
FROM ${UV_IMAGE} AS uv

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS build
ARG SERVICE
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /build
COPY requirements.lock deploy/images/subset.py ./
COPY deploy/images/requirements/${SERVICE}.txt names.txt
RUN python subset.py requirements.lock names.txt > wanted.txt
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --quiet --python python /app/.venv && \
    uv pip install --quiet --python /app/.venv/bin/python --require-hashes --no-deps -r wanted.txt
COPY libs/common/common /app/common
COPY services/${SERVICE}/${SERVICE} /app/${SERVICE}
COPY services/${SERVICE}/migrations /app/migrations
COPY deploy/images/start.py /app/start.py
RUN /app/.venv/bin/python -m compileall -q /app/common /app/${SERVICE} /app/migrations

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE}
ARG SERVICE
LABEL org.opencontainers.image.title="huzhu-${SERVICE}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV HUZHU_SERVICE=${SERVICE} \
    HUZHU_HOST=0.0.0.0 \
    HUZHU_PROBE_HOST=0.0.0.0 \
    PORT=8080 \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /app /app
WORKDIR /app
# The root file system may be read-only; /tmp must be writable (uploads pass through it).
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/app/.venv/bin/python", "/app/start.py"]
CMD ["api"]
