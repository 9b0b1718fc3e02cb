# The image of the action. GitHub's runner, act, Gitea and Forgejo build it with
# whatever builder they have, so it keeps to what the oldest of them knows: no
# BuildKit, no registry but that of the base images, no argument without a default.
# An ARG in FROM lets a test give local stand-ins.
ARG GO_IMAGE=golang:1.26-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${GO_IMAGE} AS build
WORKDIR /src

# Where modules come from, for networks without the public proxy. go.sum decides
# what they must be.
ARG GOPROXY

# A layer of its own: it changes with the dependencies only.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION
# Without a VERSION the variable is left alone: -X with nothing would empty it.
RUN CGO_ENABLED=0 go build -trimpath \
    -ldflags "-s -w ${VERSION:+-X github.com/mergebrief/mergebrief/internal/cli.Version=$VERSION}" \
    -o /out/mergebrief ./cmd/mergebrief

# git for the history and the lines, certificates for the API, and of both only
# what is used: the program, its transport by HTTP, and the libraries of the two.
# The packages they come from weigh five times as much.
FROM ${BASE_IMAGE} AS git
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && mkdir -p -m 1777 /image/tmp \
 && programs="/usr/bin/git /usr/lib/git-core/git /usr/lib/git-core/git-remote-http /usr/lib/git-core/git-remote-https" \
 && libraries="$(ldd $programs | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' | sort -u)" \
 && cp --archive --parents $programs /etc/ssl/certs/ca-certificates.crt /image \
 && cp --dereference --parents $libraries /image

FROM scratch
COPY --from=git /image /
COPY --from=build /out/mergebrief /usr/local/bin/mergebrief
ENV PATH=/usr/local/bin:/usr/bin

ARG VERSION
LABEL org.opencontainers.image.title="mergebrief" \
      org.opencontainers.image.description="An audit trail for AI-assisted changes: one comment, one check run and one evidence bundle for each pull request." \
      org.opencontainers.image.source="https://github.com/mergebrief/mergebrief" \
      org.opencontainers.image.version="${VERSION:-unreleased}"

# No USER: the runner mounts the workspace and its command files (outputs, job
# summary) from the host, owned by its own user. Any user here but root gets
# "permission denied" on them, and their owner's id differs between runners.

# In exec form, because a shell drops variables whose name has a hyphen, and the
# runner hands over the input fail-on as INPUT_FAIL-ON. There is no shell either.
ENTRYPOINT ["/usr/local/bin/mergebrief"]

# What the runner starts, as it adds no arguments of its own when action.yml
# has no "args".
CMD ["action"]
