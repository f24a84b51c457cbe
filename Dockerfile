# The image of @reservations/server, for linux/amd64 and linux/arm64.
#
#   docker build -t reservation-service .
#   docker run -p 8000:8000 -v reservations:/data \
#     -e PAYMENT_SERVICE_HOST=… -e PAYMENT_SERVICE_PORT=… reservation-service
#
# docs/decisions/0037-image.md gives the reasons of what is decided here.

# An index of both platforms. Debian 12 with glibc 2.36, and the release of Node that the workspace is tested with.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

# Built once, on the platform of the builder: the result is JavaScript, and better-sqlite3 carries the native module of
# every platform in its package.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /src
ENV CI=true
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --filter @reservations/workspace --filter "@reservations/server..."
RUN npx --yes pnpm@12.21.0 --filter "@reservations/server..." exec tsup
# Production dependencies at the versions of the lockfile.
RUN npx --yes pnpm@12.21.0 --filter @reservations/server deploy --prod --legacy /app
# Files that nothing loads: sources and other platforms' builds of SQLite, type declarations, source maps.
RUN cp LICENSE deploy/image/healthcheck.mjs /app/ \
 && rm -rf /app/node_modules/.pnpm/better-sqlite3@*/node_modules/better-sqlite3/deps \
           /app/node_modules/.pnpm/better-sqlite3@*/node_modules/better-sqlite3/src \
           /app/node_modules/.pnpm/@types+node@* \
 && find /app/node_modules/.pnpm -path '*/better-sqlite3/prebuilds/*' ! -name 'linux-x64.node' ! -name 'linux-arm64.node' -delete \
 && find /app -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete \
 && find /app -xtype l -delete \
 && chmod 0755 /app/dist/main.js

# The native module of the other platform is left out here, where the target is known.
FROM --platform=$BUILDPLATFORM build AS target
ARG TARGETARCH
RUN case "$TARGETARCH" in amd64) other=arm64 ;; arm64) other=x64 ;; *) echo "no native module for $TARGETARCH"; exit 1 ;; esac \
 && find /app/node_modules/.pnpm -path "*/better-sqlite3/prebuilds/linux-$other.node" -delete

FROM ${NODE_IMAGE}
# Nothing in the image installs packages. /data belongs to the user, and so does a new named volume that is mounted there.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn* \
 && ln -s /app/dist/main.js /usr/local/bin/reservations-server \
 && mkdir --mode=0750 /data \
 && chown 1000:1000 /data
COPY --from=target /app /app
RUN --mount=type=bind,source=deploy/image/check-native.mjs,target=/tmp/check-native.mjs \
    ["/usr/local/bin/node", "/tmp/check-native.mjs"]

ENV NODE_ENV=production \
    RESERVATIONS_HOST=0.0.0.0 \
    RESERVATIONS_AUTH=none \
    RESERVATIONS_METRICS_PORT=9464 \
    RESERVATIONS_DATA_VOLUME=/data \
    SANDBOX_HOST=0.0.0.0
# The default database, ./reservations.db, is /data/reservations.db. No VOLUME: see the decision.
WORKDIR /data
USER 1000:1000
EXPOSE 8000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/usr/local/bin/node", "/app/healthcheck.mjs"]
ENTRYPOINT ["reservations-server"]
CMD ["serve"]

ARG NODE_IMAGE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="reservation-service" \
      org.opencontainers.image.description="Reservations with payment over HTTP: never charged twice, never lost, never guessed" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="@reservations" \
      org.opencontainers.image.url="https://github.com/reservations/reservations" \
      org.opencontainers.image.source="https://github.com/reservations/reservations" \
      org.opencontainers.image.documentation="https://github.com/reservations/reservations/blob/main/docs/deploy.md" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/$NODE_IMAGE"
