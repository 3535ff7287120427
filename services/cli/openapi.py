"""``bihuan openapi``: the document of the API, without starting anything."""

import json
import subprocess
import sys


def text() -> str:
    """The document as JSON text, made by the API's own module in a process of its own.

    The command line and the API never import each other, so that neither carries the other's weight.
    """
    code = "import json, services.api.main as api; print(json.dumps(api.document(), ensure_ascii=False))"
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603 - a constant
    return json.dumps(json.loads(made.stdout), ensure_ascii=False, indent=2, sort_keys=True)
