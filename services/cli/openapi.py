"""``bihuan openapi``: the document of the API, without starting anything."""

import json
import subprocess
import sys

from deploy.processes import StackError
from services.settings import Settings


def text() -> str:
    """The document as JSON text, made by the API's own module in a process of its own.

    The command line and the API never import each other, so that neither carries the other's weight. Raises
    ``ValidationError`` for a setting that does not hold and ``StackError`` when the API's module fails.
    """
    Settings()  # a wrong setting is said here, where it is one sentence
    code = "import json, services.api.main as api; print(json.dumps(api.document(), ensure_ascii=False))"
    made = subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.PIPE)  # noqa: S603 - a constant
    if made.returncode != 0:
        raise StackError("API 文档没有生成，原因见上。")
    return json.dumps(json.loads(made.stdout), ensure_ascii=False, indent=2, sort_keys=True)
