# live-seg as a page and as a bot, without a window, a GPU or a camera.
#
#   docker build --target web -t live-seg-web .
#   docker build --target bot -t live-seg-bot .
#
# compose.yaml runs them with bounded memory and nothing to write to. No token belongs in here.

FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/live-seg
ENV PATH=/opt/live-seg/bin:$PATH
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY weights weights
COPY live_seg live_seg
# Afterwards, what fits a machine without screen and GPU takes the place of what fits a desk: OpenCV without a window (it
# needs no libraries of the system), ONNX Runtime without CUDA (a quarter of the size), and no pyvirtualcam, whose GPL
# would be the whole image's. They lie in the same folders: first one goes, then the other comes.
# hadolint ignore=DL3013
RUN pip install ".[web,bot]" \
 && pip uninstall --yes opencv-python onnxruntime-gpu onnxruntime pyvirtualcam \
 && pip install "opencv-python-headless>=4.10" "onnxruntime>=1.21"

FROM python:3.12-slim-bookworm AS base
COPY --from=build /opt/live-seg /opt/live-seg
# Only /tmp is written to: the choice of the engine. Two arenas are enough for malloc: more keep more of what was freed.
ENV PATH=/opt/live-seg/bin:$PATH \
    HOME=/tmp \
    MALLOC_ARENA_MAX=2 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["live-seg"]

FROM base AS bot
CMD ["bot"]

# The last target is what `docker build .` makes.
FROM base AS web
EXPOSE 8765
# Any answer will do, also that a token is missing.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8765, timeout=4); c.request('GET', '/'); raise SystemExit(c.getresponse().status >= 500)"]
CMD ["web", "--host", "0.0.0.0"]
