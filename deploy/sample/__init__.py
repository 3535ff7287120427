"""The sample district: placeholder units, posts and people, so that there is something real to look at."""

import httpx

from adapters.postgres.database import Database
from adapters.postgres.loading import load as load_document
from deploy.devstack import Devstack
from deploy.processes import Say, StackError
from deploy.sample.contacts import contacts
from deploy.sample.district import DISTRICT
from deploy.sample.story import tell
from deploy.sample.storyteller import Storyteller
from domain.errors import Temporary
from services import clock
from services.bootstrap import sealer, token_key


async def load(stack: Devstack, say: Say) -> None:
    """Load the directory, then drive the stories through the running API; a repeat changes nothing.

    Raises ``StackError`` with one sentence when database or API stay away.
    """
    settings = stack.own_settings()
    url = settings.database_url.get_secret_value()
    async with Database.opened(url, size=2, timeout=10) as database:
        try:
            await load_document(database, {**DISTRICT, "contacts": contacts(DISTRICT)}, sealer(settings))
        except Temporary as error:
            raise StackError("示例区县未能载入：数据库没有及时答复，请重新启动。") from error
    say("示例区县：单位、岗位、人员与目录已载入，正在通过 API 演示各环节")
    async with httpx.AsyncClient(base_url=stack.api_url, timeout=30, trust_env=False) as http:
        await tell(Storyteller(http=http, tokens=token_key(settings), clock=clock.real), say)
