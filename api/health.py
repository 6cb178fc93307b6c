"""Whether this process lives, and whether it can take requests."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.doors import AllDoors

router = APIRouter(tags=["health"])


@router.get("/health", summary="Alive")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready", summary="Able to accept: the database answers", responses={503: {"description": "It does not"}})
async def ready(doors: AllDoors) -> JSONResponse:
    is_ready = await doors.health.ready()
    return JSONResponse({"status": "ok" if is_ready else "database away"}, status_code=200 if is_ready else 503)
