# Image of the web apps and the documents about the API, served by nginx without root.
#   docker build -f deploy/images/web.Dockerfile -t huzhu-web .
# Pin the base images by digest in your registry's mirror: --build-arg NGINX_IMAGE=…@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG UV_IMAGE=ghcr.io/astral-sh/uv:0.13.9
ARG NGINX_IMAGE=nginxinc/nginx-unprivileged:1.28-bookworm

# hadolint ignore=DL3006
FROM ${UV_IMAGE} AS uv

# Node comes from the lock file, and the client from the services' own description.
# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS build
ENV UV_LINK_MODE=copy \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/build/.venv/bin:$PATH \
    VITE_CONFIG_NATIVE_IGNORE_WARNING=true
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /build
COPY requirements.lock deploy/images/subset.py ./
COPY deploy/images/requirements/local.txt names.txt
RUN python subset.py requirements.lock names.txt > wanted.txt
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --quiet --python python /build/.venv && \
    uv pip install --quiet --python /build/.venv/bin/python --require-hashes --no-deps -r wanted.txt
COPY web/package.json web/package-lock.json web/
COPY web/apps/member/package.json web/apps/member/
COPY web/apps/console/package.json web/apps/console/
COPY web/packages/shared/package.json web/packages/shared/
WORKDIR /build/web
RUN --mount=type=cache,target=/root/.npm \
    npm ci --silent --no-progress
WORKDIR /build
COPY libs libs
COPY services services
COPY deploy/local deploy/local
COPY tenants tenants
ENV PYTHONPATH=/build/libs/common:/build/deploy/local:/build/services/identity:/build/services/enrollment:/build/services/claims:/build/services/notify:/build/services/ocr:/build/services/activities
RUN python -m huzhu openapi web/openapi/huzhu.json && \
    mkdir -p /site/documents && \
    cp web/openapi/huzhu.json /site/documents/openapi.json && \
    python -m huzhu asyncapi /site/documents/asyncapi.json && \
    python -m huzhu asyncapi /site/documents/asyncapi.yaml
COPY web web
WORKDIR /build/web
RUN npm run --silent generate && \
    npm run --silent build && \
    cp -r apps/member/dist /site/member && \
    cp -r apps/console/dist /site/console && \
    cp -r ../deploy/local/huzhu/pages /site/pages && \
    rm /site/pages/index.html

# hadolint ignore=DL3006
FROM ${NGINX_IMAGE}
LABEL org.opencontainers.image.title="huzhu-web" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY deploy/images/nginx.conf /etc/nginx/nginx.conf
COPY --from=build /site /site
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["nginx", "-c", "/etc/nginx/nginx.conf", "-e", "stderr"]
