"""The store of evidence: a folder, and a real S3 server."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import obstore
import pytest

from adapters.objects import Corrupted, Missing, Objects, original_key, served_key
from deploy.loopback import free_ports
from domain.errors import Temporary
from tests import seaweed
from tests.seaweed import Seaweed

PHOTO = b"\xff\xd8 a photo of a locked fire exit"
SHA256 = hashlib.sha256(PHOTO).hexdigest()
KEY = original_key(SHA256)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Seaweed]:
    async with seaweed.started() as running:
        yield running


@pytest.fixture(params=["folder", "s3", "memory"])
def objects(request: pytest.FixtureRequest, server: Seaweed, tmp_path: Path) -> Objects:
    match request.param:
        case "folder":
            return Objects((tmp_path / "evidence").as_uri())
        case "s3":
            return server.objects(tmp_path.name)
        case _:
            return Objects("memory://")


def test_a_key_spreads_files_over_folders_and_ends_in_the_hash() -> None:
    assert original_key("ab12" + "0" * 60) == f"original/ab/12/ab12{'0' * 60}"
    assert served_key("ab12" + "0" * 60) == f"served/ab/12/ab12{'0' * 60}"


async def test_what_was_put_is_got(objects: Objects) -> None:
    await objects.put(KEY, PHOTO)
    assert await objects.get(KEY, SHA256) == PHOTO
    assert await objects.verify(KEY, SHA256)


async def test_an_absent_object_is_missing(objects: Objects) -> None:
    with pytest.raises(Missing):
        await objects.get(KEY, SHA256)
    assert not await objects.verify(KEY, SHA256)


async def test_thirty_megabytes_come_back_whole(objects: Objects) -> None:
    data = os.urandom(1024) * (30 * 1024)
    sha256 = hashlib.sha256(data).hexdigest()
    await objects.put(original_key(sha256), data)
    assert await objects.get(original_key(sha256), sha256) == data


async def test_bytes_that_are_not_those_on_record_are_given_to_nobody(objects: Objects) -> None:
    await objects.put(KEY, PHOTO)
    other = hashlib.sha256(b"another").hexdigest()
    with pytest.raises(Corrupted):
        await objects.get(KEY, other)
    assert not await objects.verify(KEY, other)


@pytest.mark.parametrize(
    "key",
    [
        "",
        SHA256,
        f"original/{SHA256}",
        f"other/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}",
        f"original/00/00/{SHA256}",
        f"original/{SHA256[:2]}/{SHA256[2:4]}/../../../{SHA256}",
        f"{KEY}\n",
        KEY.upper(),
    ],
)
async def test_a_key_of_another_form_is_a_mistake(objects: Objects, key: str) -> None:
    with pytest.raises(ValueError, match="a key"):
        await objects.get(key, SHA256)
    with pytest.raises(ValueError, match="a key"):
        await objects.put(key, PHOTO)


async def test_a_key_of_other_bytes_is_a_mistake(objects: Objects) -> None:
    with pytest.raises(ValueError, match="a key ends in the SHA-256 of its bytes"):
        await objects.put(KEY, b"other bytes")
    assert not await objects.verify(KEY, SHA256)


async def test_the_same_upload_five_times_is_one_file(tmp_path: Path) -> None:
    objects = Objects(tmp_path.as_uri())
    for _ in range(5):
        await objects.put(KEY, PHOTO)
    assert _files(tmp_path) == [tmp_path / KEY]


async def test_the_same_upload_five_times_is_one_object_in_s3(server: Seaweed, tmp_path: Path) -> None:
    objects = server.objects(tmp_path.name)
    for _ in range(5):
        await objects.put(KEY, PHOTO)
    assert await server.keys(tmp_path.name) == [f"{tmp_path.name}/{KEY}"]


@pytest.mark.parametrize("at", [0, len(PHOTO) // 2, len(PHOTO) - 1])
async def test_a_flipped_byte_on_disk_is_found(tmp_path: Path, at: int) -> None:
    objects = Objects(tmp_path.as_uri())
    await objects.put(KEY, PHOTO)
    changed = bytearray(PHOTO)
    changed[at] ^= 1
    (tmp_path / KEY).write_bytes(changed)
    with pytest.raises(Corrupted):
        await objects.get(KEY, SHA256)
    assert not await objects.verify(KEY, SHA256)


async def test_a_file_cut_short_is_found_and_put_right_by_the_next_upload(tmp_path: Path) -> None:
    objects = Objects(tmp_path.as_uri())
    await objects.put(KEY, PHOTO)
    (tmp_path / KEY).write_bytes(PHOTO[:-1])
    assert not await objects.verify(KEY, SHA256)
    await objects.put(KEY, PHOTO)
    assert await objects.get(KEY, SHA256) == PHOTO


async def test_a_changed_object_in_s3_is_found(server: Seaweed, tmp_path: Path) -> None:
    objects = server.objects(tmp_path.name)
    await objects.put(KEY, PHOTO)
    changed = PHOTO.replace(b"locked", b"walled")
    await obstore.put_async(server.bucket(), f"{tmp_path.name}/{KEY}", changed)
    with pytest.raises(Corrupted):
        await objects.get(KEY, SHA256)


async def test_a_folder_name_with_blanks_and_chinese_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "佐证 材料"
    await Objects(folder.as_uri()).put(KEY, PHOTO)
    assert _files(folder) == [folder / KEY]


async def test_another_process_finds_what_was_put(tmp_path: Path) -> None:
    await Objects(tmp_path.as_uri()).put(KEY, PHOTO)
    assert await Objects(tmp_path.as_uri()).get(KEY, SHA256) == PHOTO


async def test_a_full_or_broken_disk_is_the_store_being_away(tmp_path: Path) -> None:
    objects = Objects(tmp_path.as_uri())
    (tmp_path / "original").write_bytes(b"a file where a folder should be")
    with pytest.raises(Temporary) as away:
        await objects.put(KEY, PHOTO)
    assert away.value.what == "objects"


async def test_an_s3_server_that_is_not_there_is_the_store_being_away() -> None:
    [port] = free_ports(1)
    objects = Objects("s3://evidence", endpoint=f"http://127.0.0.1:{port}", access_key="a", secret_key="b")
    for call in (objects.get(KEY, SHA256), objects.put(KEY, PHOTO), objects.verify(KEY, SHA256)):
        with pytest.raises(Temporary) as away:
            await call
        assert away.value.what == "objects"


async def test_an_s3_server_that_never_answers_is_given_up_in_time() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent, asyncio.timeout(30):
        endpoint = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        objects = Objects("s3://evidence", endpoint=endpoint, access_key="a", secret_key="b", timeout=0.3)
        with pytest.raises(Temporary) as away:
            await objects.get(KEY, SHA256)
        assert away.value.what == "objects"


async def test_a_wrong_secret_is_the_store_being_away_and_is_not_told(server: Seaweed) -> None:
    objects = Objects(
        "s3://evidence", endpoint=server.endpoint, access_key=server.access_key, secret_key="wrong-one"
    )
    with pytest.raises(Temporary) as away:
        await objects.get(KEY, SHA256)
    assert "wrong-one" not in repr(away.value.__cause__)


@pytest.mark.parametrize(
    "url", ["", "evidence", "file://host/folder", "file:evidence", "s3://", "http://host/a", "ftp://a/b"]
)
def test_an_address_of_another_form_is_a_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="objects live at"):
        Objects(url)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
