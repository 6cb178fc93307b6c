"""Policies: one document a version; the newest is what new orders get, an order keeps the one it started with."""

from adapters.postgres.database import Connection, Database, require_row
from contracts.policy import Policy


class PostgresPolicies:
    """A version never changes, so it is read once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._versions: dict[int, Policy] = {}

    async def version(self, version: int) -> Policy:
        if version not in self._versions:
            async with self._database.connection() as connection:
                document = await connection.fetchval("select document from policies where version = $1", version)
            if document is None:
                raise LookupError(f"there is no policy version {version}")
            self._versions[version] = Policy.model_validate(document)
        return self._versions[version]

    async def newest(self) -> tuple[int, Policy]:
        async with self._database.connection() as connection:
            version = await connection.fetchval("select max(version) from policies")
        if version is None:
            raise LookupError("there is no policy yet: a merchant's first version has to be stored")
        return version, await self.version(version)

    async def store(self, policy: Policy) -> int:
        """Store a policy as the newest version, unless it is the newest already; answers the version."""
        document = policy.model_dump(mode="json")
        async with self._database.transaction() as connection:
            await connection.execute("lock table policies in exclusive mode")
            newest = await connection.fetchrow("select version, document from policies order by version desc limit 1")
            if newest is not None and newest["document"] == document:
                return int(newest["version"])
            return await _insert(connection, document)

    async def store_first(self, policy: Policy) -> None:
        """Store a policy if there is none yet."""
        async with self._database.transaction() as connection:
            await connection.execute("lock table policies in exclusive mode")
            if not await connection.fetchval("select exists (select from policies)"):
                await _insert(connection, policy.model_dump(mode="json"))


async def policy_of(connection: Connection, version: int) -> Policy:
    """In the caller's transaction; raises LookupError."""
    row = await connection.fetchrow("select document from policies where version = $1", version)
    return Policy.model_validate(require_row(row, f"policy version {version}")["document"])


async def _insert(connection: Connection, document: dict[str, object]) -> int:
    version: int = await connection.fetchval("insert into policies (document) values ($1) returning version", document)
    return version
