# The page for a class or a site: docs/deployment.md. Build with: docker build -t paradiplomacy .
FROM python:3.11-slim

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sim sim
COPY calibration calibration
COPY scenarios scenarios
# Of the published calibration only what the package takes: a folder of one made here holds more.
COPY results/reference/calibration/posterior.parquet results/reference/calibration/checks.json \
    results/reference/calibration/
RUN pip install --no-cache-dir '.[app]' -c constraints.txt \
    && useradd --create-home --uid 10001 page \
    && mkdir /cache && chown page /cache

# Compiled code is kept here: with a volume the engine is compiled once, on the machine that runs it.
ENV XDG_CACHE_HOME=/cache MPLCONFIGDIR=/cache/matplotlib
VOLUME /cache
USER page
WORKDIR /cache
EXPOSE 5006
# The icon needs no session, and stands here under any prefix.
HEALTHCHECK --interval=30s --timeout=10s --start-period=5m \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5006/favicon.ico', timeout=8)"]
ENTRYPOINT ["paradiplomacy", "app", "--no-show", "--address", "0.0.0.0"]
