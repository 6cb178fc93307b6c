"""What people write freely, kept apart: elsewhere there is only its reference."""

from adapters.postgres.database import Connection
from adapters.postgres.new_id import new_id
from contracts.ids import NoteRef


async def store_note(connection: Connection, body: str) -> NoteRef:
    note_ref = NoteRef(new_id("nte"))
    await connection.execute("insert into notes (note_ref, body) values ($1, $2)", note_ref, body)
    return note_ref
