"""``python -m services.api``: serve the API with settings from the environment."""

import contextlib
import os
import sys

from services.starting import loading

with loading():
    import uvicorn

    from services import bootstrap
    from services.api import connections
    from services.api.main import create
    from services.settings import Settings


def main() -> None:
    """Serve until stopped."""
    settings = Settings()
    bootstrap.configure_logging(settings)
    with loading():
        app = create(settings)
    config = uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        loop="uvloop",
        http=connections.Connection,
        log_config=None,
        access_log=False,
        # whoever reaches the process may write the header; only a proxy's word counts
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):
        connections.Server(config, connections.room(2 * settings.database_pool)).run()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The engine's native core sometimes aborts while the interpreter is torn down; everything is flushed.
    os._exit(0)
