"""``python -m services.worker``: run the worker with settings from the environment."""

import os
import sys

from services.starting import loading

with loading():
    import uvloop

    from domain.errors import Temporary
    from services import bootstrap
    from services.settings import Settings
    from services.worker.main import run


def main() -> int:
    """Run until stopped; 1 when the engine cannot be reached."""
    settings = Settings()
    bootstrap.configure_logging(settings)
    try:
        uvloop.run(run(settings))
    except (RuntimeError, Temporary) as error:
        print(f"worker: cannot reach Temporal at {settings.temporal_address}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The engine's native core sometimes aborts while the interpreter is torn down; everything is flushed.
    os._exit(code)
