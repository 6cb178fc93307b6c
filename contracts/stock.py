"""Units of stock: in which bucket they are, and how many of what where."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from contracts.ids import NodeId, Sku

Bucket = Literal["on_hand", "reserved", "sold", "quarantined", "lost"]
Units: TypeAlias = Mapping[tuple[NodeId, Sku], int]
