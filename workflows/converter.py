"""How values travel to the engine and back: as pydantic writes and checks them.

Invariant: a type has one adapter per process. The SDK makes a payload converter for every workflow in memory and
for every task, and pydantic's own keeps its adapters to itself: each case would build and hold one of the whole ``Case``.
"""

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


class _Json(PydanticJSONPlainPayloadConverter):
    """Pydantic's converter with the adapters of the process."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """The value of a payload, checked against its type."""
        return _adapter(Any if type_hint is None else type_hint).validate_json(payload.data)


_ENCODINGS: Final = tuple(
    _Json() if isinstance(one, JSONPlainPayloadConverter) else one
    for one in DefaultPayloadConverter.default_encoding_payload_converters
)


class _Converter(CompositePayloadConverter):
    def __init__(self) -> None:
        super().__init__(*_ENCODINGS)


CONVERTER: Final = DataConverter(payload_converter_class=_Converter)
"""What every client, worker and replay uses; it writes what ``pydantic_data_converter`` writes."""
