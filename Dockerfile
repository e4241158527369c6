# The product and nothing else: no compiler, no tests, no rehearsal, no root.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.txt
COPY app /srv/mainstay/app
COPY app.yml /srv/mainstay/app.yml
RUN python -m compileall -q /srv/mainstay/app

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin mainstay \
    && install --directory --owner mainstay --group mainstay --mode 0750 /data
COPY --from=build /venv /venv
COPY --from=build /srv/mainstay /srv/mainstay
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATABASE_URL=sqlite:////data/mainstay.db \
    CREDENTIALS_FILE=/data/mainstay.env
WORKDIR /srv/mainstay
USER 10001:10001
VOLUME /data
EXPOSE 8080
# /healthz says that the process lives; a container that only runs `work` has no port: --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]
