"""How values cross the engine: as JSON by pydantic, the same for clients, workers and replay.

Invariant: one cache of type adapters for the process. The SDK makes a converter for every workflow; with a cache in each,
every case would build, and keep, an adapter of the whole ``Case`` of its own.
"""

from typing import Final

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

_JSON: Final = PydanticJSONPlainPayloadConverter()


class SharedPayloadConverter(CompositePayloadConverter):
    """The SDK's converters, the one for JSON replaced by the process's own."""

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_JSON if isinstance(one, JSONPlainPayloadConverter) else one for one in usual))


CONVERTER: Final = DataConverter(payload_converter_class=SharedPayloadConverter)
