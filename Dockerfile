# One image; the command picks the process: docker run IMAGE serve content | progress | credentials | gateway
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/morsel
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN /opt/morsel/bin/pip install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
COPY LICENSE README.md pyproject.toml ./
COPY gateway gateway
COPY morsel morsel
COPY services services
# No isolation: what builds the package is the pinned setuptools from above. Neither it nor pip is needed later.
RUN /opt/morsel/bin/pip install --no-deps --no-build-isolation . \
    && /opt/morsel/bin/python -m compileall -q /opt/morsel/lib \
    && /opt/morsel/bin/pip uninstall -y -q setuptools pip

FROM ${BASE}
LABEL org.opencontainers.image.title="morsel" \
      org.opencontainers.image.description="A self-hosted backend for vocational micro-learning" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/morsel /opt/morsel
# The contract with the phone: operations that the gateway takes are read from here.
COPY graphql /opt/morsel/graphql
ENV PATH=/opt/morsel/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MORSEL_DOCUMENTS_FILE=/opt/morsel/graphql/documents.json
WORKDIR /tmp
USER 10001:10001
EXPOSE 8000 8001 8002 8003
STOPSIGNAL SIGTERM
ENTRYPOINT ["morsel"]
CMD ["serve", "gateway"]
