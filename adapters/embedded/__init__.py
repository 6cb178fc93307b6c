"""The servers of a laptop: PostgreSQL and Temporal without installing either, and whatever else runs beside them."""
