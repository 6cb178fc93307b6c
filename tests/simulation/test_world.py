from collections import Counter, defaultdict
from statistics import quantiles
from zoneinfo import ZoneInfo

from simulation.catalogue import CATALOGUE
from simulation.cities import CITIES
from simulation.network import NODES
from simulation.tariffs import SERVICES, distance_km, zone_at
from simulation.world import WESTERN, first_morning

WORLD = first_morning(7)
HOLDERS = defaultdict(set)
for row in WORLD.stock:
    HOLDERS[row.sku].add(row.node_id)


def km(node, city):
    return distance_km(node.latitude, node.longitude, city.latitude, city.longitude)


def test_cities_are_of_every_state_and_none_is_there_twice():
    assert 145 <= len(CITIES) <= 160
    assert len({city.region for city in CITIES}) == 51
    assert len({(city.region, city.name) for city in CITIES}) == len(CITIES)
    assert len({city.postal_prefix for city in CITIES}) == len(CITIES)
    for city in CITIES:
        assert len(city.postal_prefix) == 3
        assert ZoneInfo(city.time_zone).key == city.time_zone
        assert 18 < city.latitude < 72
        assert -170 < city.longitude < -66


def test_every_product_reaches_every_city_from_some_warehouse_by_every_service():
    nodes = {node.node_id: node for node in WORLD.nodes}
    for sku, holders in HOLDERS.items():
        for city in CITIES:
            nearest = min(km(nodes[node_id], city) for node_id in holders if node_id.startswith("dc-"))
            assert all(zone_at(offer.service, nearest) for offer in SERVICES), (sku, city)


def test_the_catalogue_is_varied_and_every_product_can_travel_by_some_service():
    assert len(CATALOGUE) >= 100
    assert len({product.sku for product in CATALOGUE}) == len(CATALOGUE)
    assert len({product.name for product in CATALOGUE}) == len(CATALOGUE)
    light, _, heavy = quantiles((product.weight_grams for product in CATALOGUE), n=4)
    cheap, _, dear = quantiles((product.price_minor for product in CATALOGUE), n=4)
    assert heavy > 3 * light
    assert dear > 2 * cheap
    heaviest_parcel = max(offer.service.max_weight_grams for offer in SERVICES)
    assert all(0 < product.weight_grams <= heaviest_parcel for product in CATALOGUE)


def test_nodes_are_warehouses_and_stores_in_cities_of_the_table():
    places = {(city.latitude, city.longitude): city for city in CITIES}
    kinds = Counter(node.kind for node in NODES)
    assert 10 <= len(NODES) <= 15
    assert min(kinds.values()) >= 4
    for node in NODES:
        assert places[node.latitude, node.longitude].time_zone == node.time_zone
        assert 60 <= node.ready_in_minutes <= 240
    assert {"dc-reno": "Warehouse Reno", "store-oakland": "Store Oakland"}.items() <= {
        node.node_id: node.name for node in NODES
    }.items()


def test_every_product_is_somewhere_and_no_node_has_everything():
    assert HOLDERS.keys() == {product.sku for product in CATALOGUE}
    held = Counter(row.node_id for row in WORLD.stock)
    for node in NODES:
        share = held[node.node_id] / len(CATALOGUE)
        assert (0.4 < share < 0.85) if node.kind == "warehouse" else (0.25 < share < 0.6)
    assert all(HOLDERS[product.sku] & set(WESTERN) for product in CATALOGUE)
    assert all(row.quantity > 0 for row in WORLD.stock)


def test_some_pairs_of_products_are_together_nowhere():
    skus = [product.sku for product in CATALOGUE]
    pairs = [(one, other) for one in skus for other in skus if one < other]
    apart = [pair for pair in pairs if HOLDERS[pair[0]].isdisjoint(HOLDERS[pair[1]])]
    assert 0.005 < len(apart) / len(pairs) < 0.1


def test_the_same_seed_is_the_same_world_and_a_products_stock_depends_on_no_other():
    assert first_morning(7) == WORLD
    assert first_morning(8).stock != WORLD.stock
    alone = first_morning(7, WORLD.products[:1]).stock
    assert alone == [row for row in WORLD.stock if row.sku == WORLD.products[0].sku]
