"""The world on its first morning: products, nodes, places and stock, the same for the same seed."""

from collections.abc import Iterable, Sequence
from typing import Final

from contracts.catalogue import PlaceRow, ProductRow, StockRow, World
from contracts.ids import NodeId, Sku
from simulation.care import care_of
from simulation.catalogue import CATALOGUE
from simulation.cities import CITIES
from simulation.draws import draw
from simulation.network import NODES

GAPS: Final = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3)  # how many warehouses do not hold a product: one of these
STORE_SHARE: Final = 0.4  # of the products, on a store's shelves
WAREHOUSE_UNITS: Final = (60, 360)
STORE_UNITS: Final = (2, 14)

# Nobody else reaches Alaska and Hawaii, so one of them always holds a product.
WESTERN: Final = (NodeId("dc-reno"), NodeId("dc-tacoma"))


def first_morning(seed: int, products: Sequence[ProductRow] | None = None) -> World:
    """The world with these products, or with the catalogue's own."""
    sold = catalogue_products() if products is None else list(products)
    return World(
        products=sold,
        nodes=list(NODES),
        places=places(),
        stock=opening_stock(seed, [product.sku for product in sold]),
    )


def catalogue_products() -> list[ProductRow]:
    return [ProductRow(sku=p.sku, name=p.name, weight_grams=p.weight_grams, care=care_of(p.sku)) for p in CATALOGUE]


def places() -> list[PlaceRow]:
    return [
        PlaceRow(
            country="US",
            region=city.region,
            city=city.name,
            postal_prefix=city.postal_prefix,
            latitude=city.latitude,
            longitude=city.longitude,
        )
        for city in CITIES
    ]


def opening_stock(seed: int, skus: Iterable[Sku]) -> list[StockRow]:
    """Every product in most warehouses and, a few units, in some stores; not every two products lie together."""
    return [row for sku in skus for row in _stock_of(seed, sku)]


def _stock_of(seed: int, sku: Sku) -> list[StockRow]:
    chance = draw(seed, "stock", sku)
    warehouses = [node.node_id for node in NODES if node.kind == "warehouse"]
    missing = set(chance.sample(warehouses, chance.choice(GAPS)))
    if missing.issuperset(WESTERN):
        missing.remove(chance.choice(WESTERN))
    rows = [
        StockRow(node_id=node_id, sku=sku, quantity=chance.randint(*WAREHOUSE_UNITS))
        for node_id in warehouses
        if node_id not in missing
    ]
    stores = [node.node_id for node in NODES if node.kind == "store" and chance.random() < STORE_SHARE]
    return rows + [StockRow(node_id=node_id, sku=sku, quantity=chance.randint(*STORE_UNITS)) for node_id in stores]
