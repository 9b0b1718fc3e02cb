# The image of the action. GitHub's runner builds it with nothing but this file
# and the folder around it, so every ARG has a default that works on its own.
# An ARG in FROM lets a release pin a digest and a test give a local stand-in.
ARG GO_IMAGE=golang:1.26-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

# The compiler runs on the machine's own platform and cross-compiles: emulation
# would only be slower.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src

# Where modules come from, for networks without the public proxy. go.sum decides
# what they must be.
ARG GOPROXY

# A layer of its own: it changes with the dependencies only.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download

COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION
# Without a VERSION the variable is left alone: -X with nothing would empty it.
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS="$TARGETOS" GOARCH="$TARGETARCH" go build -trimpath \
    -ldflags "-s -w ${VERSION:+-X github.com/mergebrief/mergebrief/internal/cli.Version=$VERSION}" \
    -o /out/mergebrief ./cmd/mergebrief

FROM ${BASE_IMAGE}

# git for the history and the lines, certificates for the API.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*

COPY --from=build /out/mergebrief /usr/local/bin/mergebrief

ARG VERSION
LABEL org.opencontainers.image.title="mergebrief" \
      org.opencontainers.image.description="An audit trail for AI-assisted changes: one comment, one check run and one evidence bundle for each pull request." \
      org.opencontainers.image.source="https://github.com/mergebrief/mergebrief" \
      org.opencontainers.image.version="${VERSION:-unreleased}" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"

# No USER: the runner mounts the workspace and its command files (outputs, job
# summary) from the host, owned by its own user. Any user here but root gets
# "permission denied" on them, and their owner's id differs between runners.

# In exec form, because a shell drops variables whose name has a hyphen, and the
# runner hands over the input fail-on as INPUT_FAIL-ON.
ENTRYPOINT ["/usr/local/bin/mergebrief"]

# What the runner starts, as it adds no arguments of its own when action.yml
# has no "args".
CMD ["action"]
