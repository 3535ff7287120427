"""The process in which uploaded files are opened: ``python -m adapters.media.child CPU_SECONDS WALL_SECONDS BYTES``.

Invariant: no file is opened in a process that has opened another. This process only carries bytes; for each file it
forks one that is confined, opens that file, answers and ends. Forking costs milliseconds where starting Python costs
tenths of a second, and whatever a file does to its process ends with it. Linux and macOS (which ignores the limit on
memory).

On standard input: the media type's name, then the file, each behind its length. On standard output: the answer.
"""

import io
import os
import resource
import signal
import sys
from typing import BinaryIO, Final

import pikepdf
from PIL import Image

from adapters.media import answer, images, pdf
from domain.evidence import MediaType, UnacceptableFile

_TOO_COSTLY: Final = frozenset({signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL})
"""How the limits on time end a process; SIGKILL is also the kernel's when the machine is out of memory."""


def main(arguments: list[str]) -> None:
    """Answer file after file until the parent closes the pipe or is gone."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Libraries that print must not be able to write into an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    cpu_seconds, wall_seconds, memory = (int(each) for each in arguments)
    _warm_up()
    while (name := _read(requests)) is not None and (data := _read(requests)) is not None:
        reply = _examined_apart(MediaType(name.decode()), data, (cpu_seconds, wall_seconds, memory))
        answers.write(answer.framed(reply))
        answers.flush()


def _warm_up() -> None:
    # What the libraries load on first use is loaded here once, and not again in every confined process.
    for media_type in (MediaType.JPEG, MediaType.PNG, MediaType.WEBP):
        own = io.BytesIO()
        Image.new("RGB", (1, 1)).save(own, media_type.removeprefix("image/"))
        images.clean_image(own.getvalue(), media_type)
    with pikepdf.new() as document:
        document.add_blank_page()
        own = io.BytesIO()
        document.save(own)
    pdf.clean_pdf(own.getvalue())


def _read(requests: BinaryIO) -> bytes | None:
    head = requests.read(answer.LENGTH.size)
    if len(head) < answer.LENGTH.size:
        return None
    (length,) = answer.LENGTH.unpack(head)
    return requests.read(length)


def _examined_apart(media_type: MediaType, data: bytes, limits: tuple[int, int, int]) -> bytes:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer_and_end(media_type, data, limits, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        reply = pipe.read(answer.ANSWER_LIMIT)
    _, status = os.waitpid(pid, 0)
    if status == 0:
        return reply
    return answer.encode(_crashed(status))


def _answer_and_end(media_type: MediaType, data: bytes, limits: tuple[int, int, int], write_end: int) -> None:
    status = 1
    try:
        _confine(*limits)
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(answer.encode(examine(media_type, data)))
        status = 0
    finally:
        os._exit(status)


def _confine(cpu_seconds: int, wall_seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)


def examine(media_type: MediaType, data: bytes) -> answer.Cleaned | UnacceptableFile:
    """What the file is found to be. Never raises, except when even the answer finds no memory."""
    try:
        if media_type is MediaType.PDF:
            return pdf.clean_pdf(data)
        return images.clean_image(data, media_type)
    except UnacceptableFile as refusal:
        return refusal
    except MemoryError:
        return UnacceptableFile("file_too_complex", "out of memory")
    except Exception as broken:  # whatever a parser says of hostile bytes means one thing: it cannot be read
        return UnacceptableFile("file_damaged", type(broken).__name__)


def _crashed(status: int) -> UnacceptableFile:
    if os.WIFSIGNALED(status):
        ended_by = os.WTERMSIG(status)
        code = "file_too_complex" if ended_by in _TOO_COSTLY else "file_damaged"
        return UnacceptableFile(code, f"ended by signal {ended_by}")
    return UnacceptableFile("file_too_complex", f"ended with status {os.WEXITSTATUS(status)}")


if __name__ == "__main__":
    main(sys.argv[1:])
