# syntax=docker/dockerfile:1

# An image that answers from an index built with it:
#   docker build -t rca-search .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:8080:8080 rca-search
#
# Your own documents, below the build context:     docker build --build-arg VAULT=my/vault -t rca-search .
# Or an index built elsewhere, such as by CI: it carries its own encoder, so the small image serves any:
#   docker run --read-only --tmpfs /tmp -v "$PWD/index:/index:ro" -p 127.0.0.1:8080:8080 rca-search
#
# The steps are in scripts/container_build.sh and scripts/container_run.sh; `make container` runs them without Docker.

FROM python:3.11-slim-bookworm AS build
# PyTorch's public index of CPU builds; empty takes PyTorch from the default index, with its CUDA packages.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG VAULT=examples/vault
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY requirements requirements
COPY scripts/container_build.sh scripts/container_run.sh scripts/
COPY rca_search/__init__.py rca_search/
RUN TORCH_INDEX="$TORCH_INDEX" bash scripts/container_build.sh dependencies /opt/rca-build \
    && bash scripts/container_build.sh serving /opt/rca-search
COPY rca_search rca_search
RUN bash scripts/container_build.sh package /opt/rca-build \
    && bash scripts/container_build.sh package /opt/rca-search \
    && install -m 0755 scripts/container_run.sh /opt/rca-search/bin/
COPY ${VAULT} /vault
RUN bash scripts/container_build.sh index /opt/rca-build /vault /index

FROM python:3.11-slim-bookworm AS run
LABEL org.opencontainers.image.title="rca-search" \
      org.opencontainers.image.description="Has this happened before? Offline search over post-mortems and runbooks." \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/rca-search /opt/rca-search
COPY --from=build --chown=10001:10001 /index /index
ENV PATH=/opt/rca-search/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    RCA_INDEX=/index \
    HOME=/tmp
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["container_run.sh", "healthcheck"]
CMD ["container_run.sh", "serve"]
