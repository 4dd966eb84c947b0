"""What the stores on FAISS share: the import, kept to one thread per search, and guarded parsing.

FAISS is imported when a store is opened or written, never with this module. Do not fork a process after
that: FAISS hangs in the child when its thread pool was used in the parent. Start children afresh.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType

import numpy as np

from rca_search.errors import IndexCorruptError
from rca_search.protocols import VerifiedFile
from rca_search.views import Mask

_parsing = threading.Lock()
_threads = threading.local()


def faiss_module() -> ModuleType:
    """Import FAISS and keep it to one thread per search on the calling thread.

    One question leaves nothing to divide, and many searches at once would otherwise bring a pool of
    threads each. OpenMP keeps the number per calling thread, so it has to be set on every one.
    """
    import faiss

    if not getattr(_threads, "single", False):
        faiss.omp_set_num_threads(1)
        _threads.single = True
    module: ModuleType = faiss
    return module


def parsed_bytes(data: bytes) -> object:
    """Return the FAISS index in ``data``; raises IndexCorruptError where FAISS cannot read it."""
    faiss = faiss_module()
    return _guarded(lambda: faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)), len(data))


def parsed_file(file: VerifiedFile) -> object:
    """Return the FAISS index in ``file``, read in parts so that it is never held twice.

    Raises IndexCorruptError where FAISS cannot read it or leaves a part of it unread.
    """
    faiss = faiss_module()
    source = _Source(file)
    index = _guarded(lambda: faiss.read_index(faiss.PyCallbackIOReader(source)), file.size)
    if source.position != file.size:
        raise IndexCorruptError(_UNREADABLE, remedy=_REMEDY)
    return index


def selector(allowed: Mask) -> tuple[object, object]:
    """Return a FAISS selector of the flagged rows, and the bits that have to live as long as it does."""
    bits = np.packbits(allowed, bitorder="little")
    return faiss_module().IDSelectorBitmap(bits), bits


_UNREADABLE = "The vectors cannot be read."
_REMEDY = "Build the index again."


class _Source:
    """Hands a file to FAISS from front to back."""

    def __init__(self, file: VerifiedFile) -> None:
        self._file = file
        self.position = 0

    def __call__(self, length: int) -> bytes:
        """Return the next ``length`` bytes, fewer at the end; FAISS takes "fewer" for damage."""
        part = self._file.read(self.position, min(length, self._file.size - self.position))
        self.position += len(part)
        return part


def _guarded(parse: Callable[[], object], size: int) -> object:
    # The limit is the process's: no array of an intact file is larger than the file. It keeps a damaged
    # header from asking for memory that is not there.
    faiss = faiss_module()
    with _parsing:
        before = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            return parse()
        except (RuntimeError, MemoryError, ValueError, AssertionError) as error:
            raise IndexCorruptError(_UNREADABLE, remedy=_REMEDY) from error
        finally:
            faiss.set_deserialization_vector_byte_limit(before)
