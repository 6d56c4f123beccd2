"""What is put aside of a photo while a form is read: no more than a photo may have."""

from contextlib import suppress
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, TemporaryFileUploadHandler

from anlan.base.disk import is_full
from anlan.base.errors import Refused
from anlan.edge.operations.bodies import CUT
from anlan.publishing.photos import MAX_BYTES, PhotoRefusal

NO_ROOM = "anlan.no_room"
"""Says of a file that it did not fit on the disk."""


class UpToAPhoto(FileUploadHandler):
    """Stands before Django's own, which get a little more of a file than a photo may have, and then no more.

    Of a form that was too large as a whole they get nothing; each file of it is an empty one that says so.
    """

    def new_file(self, *args: Any, **facts: Any) -> None:
        """Take the next file; alone when its form was cut."""
        super().new_file(*args, **facts)
        if self._is_cut():
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what fits, and what follows it, so that the file is seen to be too large."""
        return None if self._is_cut() or start > MAX_BYTES else raw_data

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """Stand for a file of a form that was cut; leave any other to the next handler."""
        if not self._is_cut():
            return None
        return _empty(self, file_size, CUT)

    def _is_cut(self) -> bool:
        return bool(getattr(self.request, "scope", {}).get(CUT))


class WhileThereIsRoom(TemporaryFileUploadHandler):
    """Puts a file aside on the disk; one that does not fit becomes an empty one that says so.

    The words of its form are in memory and are read all the same.
    """

    file: Any
    is_full = False

    def new_file(self, *args: Any, **facts: Any) -> None:
        """Begin the next file."""
        self.is_full = False
        try:
            super().new_file(*args, **facts)
        except OSError as fault:
            self._give_up(fault)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, while there is room."""
        if self.is_full:
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as fault:
            self._give_up(fault)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """The file, or what stands for it."""
        if not self.is_full:
            try:
                return super().file_complete(file_size)
            except OSError as fault:
                self._give_up(fault)
        return _empty(self, file_size, NO_ROOM)

    def _give_up(self, fault: OSError) -> None:
        if not is_full(fault):
            raise fault
        self.is_full = True
        with suppress(OSError, AttributeError):  # what was begun, if anything; it may not even take its end
            self.file.close()


def _empty(handler: FileUploadHandler, size: int, why: str) -> InMemoryUploadedFile:
    facts = (handler.field_name, handler.file_name or "", handler.content_type, size, None)
    return InMemoryUploadedFile(BytesIO(), *facts, content_type_extra={why: b"yes"})


def bytes_of(file: "UploadedFile[Any]") -> bytes:
    """The bytes of a photo as it was sent; raises Refused for one of which no bytes were put aside."""
    said = file.content_type_extra or {}
    if said.get(CUT):
        raise Refused(PhotoRefusal.TOO_MUCH)
    if said.get(NO_ROOM):
        raise Refused(PhotoRefusal.NO_ROOM)
    if (file.size or 0) > MAX_BYTES:
        raise Refused(PhotoRefusal.TOO_BIG)
    return bytes(file.read())
