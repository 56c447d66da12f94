# syntax=docker/dockerfile:1
# Newskeep as an image: `docker compose build`, or `docker build -t newskeep .`
# Any Python 3.11 to 3.13 on Debian will do: --build-arg PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-bookworm
# What an object store needs beside fsspec, for example --build-arg STORE_DRIVER=s3fs for s3://
ARG STORE_DRIVER=

FROM ${PYTHON_IMAGE} AS build
ARG STORE_DRIVER
# Trust the certificates of the image: a company's base image may have its own.
ENV UV_SYSTEM_CERTS=true UV_LINK_MODE=copy PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.lock pyproject.toml ./
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock >/tmp/uv.lock \
 && python -m pip install --quiet --no-cache-dir --no-deps --require-hashes --target /tmp/uv -r /tmp/uv.lock
# Install only what pyproject.toml asks for, at the versions of the lock and with its hashes.
RUN /tmp/uv/bin/uv venv --quiet --python "$(command -v python)" /opt/newskeep \
 && /tmp/uv/bin/uv pip install --quiet --no-cache --python /opt/newskeep/bin/python --compile-bytecode \
      --constraint requirements.lock --requirement pyproject.toml ${STORE_DRIVER}
# Delete the tests of other projects: a tenth of what was installed.
RUN find /opt/newskeep -type d \( -path '*/numpy/*/tests' -o -path '*/twisted/*/test' -o -path '*/twisted/test' \
      -o -path '*/zope/interface/tests' \) -prune -exec rm -rf {} +
COPY . .
RUN /tmp/uv/bin/uv pip install --quiet --no-cache --python /opt/newskeep/bin/python --compile-bytecode \
      --no-deps --build-constraints requirements.lock .

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Newskeep" org.opencontainers.image.licenses="Apache-2.0"
# A fixed id: files in a volume keep their owner after every build.
RUN groupadd --gid 10001 newskeep \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin newskeep \
 && install -d -o newskeep -g newskeep -m 0750 /data
COPY --from=build /opt/newskeep /opt/newskeep
COPY tools/container-entrypoint /usr/local/bin/
ENV PATH=/opt/newskeep/bin:$PATH NEWSKEEP_HOME=/data HOME=/data PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
# Checks the heartbeats of daemon and worker; other commands always count as healthy.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["newskeep", "health", "here"]
ENTRYPOINT ["container-entrypoint"]
CMD ["--help"]
