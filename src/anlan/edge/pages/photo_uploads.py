"""What is put aside of a photo while a form is read: no more than a photo may have."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

from anlan.edge.operations.bodies import CUT
from anlan.publishing.photos import MAX_BYTES


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
        facts = (self.field_name, self.file_name or "", self.content_type, file_size, None)
        return InMemoryUploadedFile(BytesIO(), *facts, content_type_extra={CUT: b"yes"})

    def _is_cut(self) -> bool:
        return bool(getattr(self.request, "scope", {}).get(CUT))
