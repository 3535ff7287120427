"""What travels to the engine: the same bytes as by pydantic's own converter, with one adapter per type and process."""

from temporalio.contrib.pydantic import pydantic_data_converter

from domain.hazard import Case, Change
from tests.domain import cases
from workflows import converter
from workflows.converter import CONVERTER


def test_a_change_travels_as_by_the_converter_of_the_sdk() -> None:
    change = cases.opened()
    payloads = CONVERTER.payload_converter.to_payloads([change, None])
    assert payloads == pydantic_data_converter.payload_converter.to_payloads([change, None])
    assert CONVERTER.payload_converter.from_payloads(payloads, [Change, type(None)]) == [change, None]


def test_two_workflows_share_the_adapter_of_a_type() -> None:
    one, other = CONVERTER.payload_converter_class(), CONVERTER.payload_converter_class()
    payloads = one.to_payloads([cases.opened().case])
    converter._adapter.cache_clear()
    assert one.from_payloads(payloads, [Case]) == other.from_payloads(payloads, [Case])
    assert converter._adapter.cache_info().misses == 1
