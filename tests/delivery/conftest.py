"""One stack for all tests of the delivery, whose tables each test finds empty, on a Monday at 09:00 local."""

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from deploy.devstack import Devstack
from tests import harness
from tests import stack as stacks
from tests.delivery import receivers
from tests.delivery.office import Office
from tests.delivery.receivers import Mailbox
from tests.harness import World

_WEEKS = itertools.count()


@pytest.fixture(scope="session")
async def post_stack() -> AsyncIterator[Devstack]:
    async with stacks.started() as running:
        yield running


@pytest.fixture(scope="session")
def box() -> Iterator[Mailbox]:
    with receivers.mailbox() as one:
        yield one


@pytest.fixture(scope="session")
async def district(post_stack: Devstack, box: Mailbox) -> AsyncIterator[World]:
    told = {"BIHUAN_OUTGOING_LOOPBACK": "true", "BIHUAN_BUNDLING_SECONDS": "0.3"}
    async with harness.world(post_stack, working=True, **told, BIHUAN_MAIL_URL=box.url) as running:
        yield running


@pytest.fixture
async def office(district: World, post_stack: Devstack, box: Mailbox) -> Office:
    box.mails.clear()
    box.refuse = ""
    one = Office(district, district.settings, box, post_stack.owner_url)
    await one.clear()
    district.begin_on_monday()
    # each test in a week of its own, so that an audit of one does not see the others
    district.clock.ahead += next(_WEEKS) * timedelta(weeks=1)
    return one
