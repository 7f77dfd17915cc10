"""`dondoc people`: what is kept about one person, and its erasure."""

from __future__ import annotations

from desk.commands.printing import DONE, actor, fail, put, put_json
from desk.commands.workplace import at_work
from flows.steps import directing
from flows.steps.completing import NoSuch
from store import persons, proposals


def export_person(address: str) -> int:
    """Print everything about an address as JSON; asking is noted in the audit log, without the address."""
    work = at_work()
    place = work.place
    with place.ready().write() as connection:
        found = persons.found(connection, place.province, address, place.seal)
        persons.note_export(connection, place.province, now=work.now, actor=actor())
    named = directing.without(place, address).changes
    put_json({"address": address, "directory": sorted({one.code for one in named})} | found)
    return DONE


def erase_person(address: str) -> int:
    """Take an address out of the directory's file first, so that the next refresh does not bring it back."""
    work = at_work()
    place = work.place
    place.ready()
    proposed = directing.without(place, address)
    if proposed.changes:
        written = directing.put_in_place(place, proposed, now=work.now, actor=actor(), copy=False)
        if isinstance(written, NoSuch):
            return fail(written.message)
    versions = directing.forget(place, address)
    with place.database.write() as connection:
        versions += proposals.forget(connection, place.province, address, place.seal)
        contacts, messages = persons.erase(
            connection, place.province, address, place.seal, now=work.now, actor=actor()
        )
    if not (proposed.changes or versions or contacts or messages):
        return fail("Không lưu dữ liệu nào về địa chỉ này.")
    put(f"Đã xóa địa chỉ khỏi danh bạ, {contacts} mục liên hệ và {messages} thư đã kết thúc.")
    copies = sorted(directing.file_of(place).parent.glob("*.bak"))
    if copies:
        put(f"Lưu ý: {len(copies)} bản sao danh bạ trước đây có thể còn địa chỉ này: {copies[0].parent}/*.bak")
    return DONE
