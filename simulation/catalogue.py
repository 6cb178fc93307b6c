"""What the simulated shop sells: a house of its own for kitchen, home, garden, the trail and the desk."""

from typing import Final, Literal, NamedTuple

from contracts.ids import Sku

Category = Literal["kitchen", "table", "home", "garden", "trail", "desk"]


class Product(NamedTuple):
    """Weight with its packaging, in grams; price in cents of a US dollar, before tax."""

    sku: Sku
    name: str
    category: Category
    weight_grams: int
    price_minor: int


_KITCHEN: Final = (
    ("PAN-01", "Forge skillet, cast iron, 26 cm", 2_950, 4_900),
    ("PAN-02", "Forge skillet, cast iron, 20 cm", 1_850, 3_600),
    ("PAN-03", "Copperline sauté pan with lid", 2_200, 12_900),
    ("POT-01", "Hearth stock pot, 9 litres", 3_400, 8_900),
    ("POT-02", "Hearth saucepan, 2 litres", 1_300, 5_400),
    ("POT-03", "Emberstone Dutch oven, 6 litres", 6_800, 16_900),
    ("BAK-01", "Crumb loaf tin", 620, 1_800),
    ("BAK-02", "Crumb baking sheet, pair", 1_450, 2_900),
    ("BAK-03", "Proving basket with linen", 380, 2_400),
    ("BAK-04", "Rolling pin, ash", 540, 2_100),
    ("KNF-01", "Larch chef's knife, 20 cm", 310, 8_900),
    ("KNF-02", "Larch paring knife", 120, 3_400),
    ("KNF-03", "Larch bread knife", 280, 6_200),
    ("KNF-04", "Whetstone, two grits", 780, 3_900),
    ("BRD-01", "End-grain chopping board, large", 3_900, 9_500),
    ("BRD-02", "Beech chopping board, small", 900, 2_600),
    ("SCL-01", "Gram kitchen scale", 560, 3_200),
    ("GRD-01", "Burr coffee grinder, hand", 690, 5_900),
    ("KET-01", "Gooseneck kettle", 1_150, 7_400),
    ("DRP-01", "Dripper and filters", 430, 2_700),
    ("MOR-01", "Granite mortar and pestle", 5_200, 4_600),
    ("SPI-01", "Spice tins, set of twelve", 980, 3_300),
    ("UTN-01", "Olive-wood spoons, set of three", 210, 1_900),
    ("UTN-02", "Balloon whisk", 140, 1_200),
    ("UTN-03", "Fine grater", 190, 1_700),
    ("STO-01", "Stoneware crock, 4 litres", 4_300, 5_600),
)

_TABLE: Final = (
    ("MUG-01", "Harbor mug, sea green", 420, 1_999),
    ("MUG-02", "Harbor mug, slate", 420, 1_999),
    ("MUG-03", "Espresso cups, pair", 360, 2_200),
    ("BOW-01", "Harbor cereal bowl", 480, 1_800),
    ("BOW-02", "Serving bowl, oak", 1_100, 5_200),
    ("PLA-01", "Harbor dinner plate", 720, 2_200),
    ("PLA-02", "Harbor side plate", 430, 1_500),
    ("PLA-03", "Oval platter", 1_650, 4_900),
    ("GLS-01", "Tumblers, set of six", 1_900, 3_600),
    ("GLS-02", "Wine glasses, set of four", 1_050, 4_400),
    ("JUG-01", "Water jug, stoneware", 1_250, 3_900),
    ("CTL-01", "Cutlery, four places", 1_700, 8_800),
    ("NAP-01", "Linen napkins, set of four", 260, 3_200),
    ("CLO-01", "Linen tablecloth, long", 880, 7_900),
    ("TEA-01", "Teapot with strainer", 1_150, 4_800),
    ("CAN-01", "Beeswax candles, six", 640, 2_400),
    ("CAN-02", "Brass candle holder", 510, 2_900),
)

_HOME: Final = (
    ("BLK-01", "Highland wool blanket", 1_650, 11_900),
    ("BLK-02", "Cotton throw, honeycomb", 980, 5_900),
    ("CSH-01", "Cushion with cover, rust", 720, 3_900),
    ("CSH-02", "Floor cushion, large", 2_900, 8_400),
    ("TWL-01", "Bath towel, heavy", 780, 3_200),
    ("TWL-02", "Hand towels, pair", 420, 2_400),
    ("LMP-01", "Dormer table lamp", 2_300, 8_900),
    ("LMP-02", "Clip reading lamp", 640, 3_700),
    ("LMP-03", "Paper lantern, 50 cm", 450, 2_600),
    ("VAS-01", "Bud vase, smoke glass", 390, 1_900),
    ("VAS-02", "Floor vase, terracotta", 5_600, 7_200),
    ("BSK-01", "Seagrass basket, large", 1_500, 4_600),
    ("BSK-02", "Laundry hamper, canvas", 1_900, 5_400),
    ("CLK-01", "Wall clock, birch", 860, 5_200),
    ("FRM-01", "Picture frame, A4", 690, 2_300),
    ("MIR-01", "Round mirror, 60 cm", 6_100, 9_800),
    ("RUG-01", "Flatweave rug, 120 by 180", 4_700, 14_900),
    ("RUG-02", "Doormat, coir", 2_100, 2_900),
    ("SHF-01", "Peg shelf, oak", 2_600, 6_700),
    ("STL-01", "Step stool, ash", 3_800, 8_900),
    ("SOP-01", "Olive soap, three bars", 380, 1_400),
    ("DIF-01", "Reed diffuser, cedar", 410, 2_800),
    ("BRM-01", "Hand broom and pan", 620, 2_500),
)

_GARDEN: Final = (
    ("PLN-01", "Planter, zinc, 30 litres", 4_900, 6_900),
    ("PLN-02", "Terracotta pots, set of five", 3_700, 3_400),
    ("TRW-01", "Hand trowel, steel", 390, 2_200),
    ("SEC-01", "Secateurs", 330, 4_200),
    ("SPD-01", "Border spade", 2_100, 5_800),
    ("RAK-01", "Spring rake", 1_250, 3_600),
    ("WTR-01", "Watering can, 9 litres", 1_700, 4_400),
    ("HOS-01", "Garden hose, 20 metres", 4_200, 5_500),
    ("GLV-01", "Gardening gloves, leather", 210, 2_600),
    ("SED-01", "Meadow seeds, ten packets", 130, 1_900),
    ("BRD-03", "Bird feeder, cedar", 1_350, 3_800),
    ("LNT-01", "Storm lantern", 1_050, 3_900),
    ("FIR-01", "Fire bowl, 60 cm", 12_500, 15_900),
    ("GRL-01", "Table grill, charcoal", 8_400, 11_900),
    ("CHR-01", "Folding chair, teak", 5_900, 9_900),
    ("HAM-01", "Hammock, striped", 1_950, 6_400),
    ("TAB-01", "Folding side table, steel", 7_300, 10_900),
    ("SOI-01", "Potting compost, 15 kg", 15_000, 1_800),
)

_TRAIL: Final = (
    ("BTL-01", "Ridge flask, 750 ml", 380, 3_400),
    ("BTL-02", "Ridge food jar", 460, 3_600),
    ("BAG-01", "Ridge day pack, 22 litres", 870, 9_400),
    ("BAG-02", "Dry bag, 10 litres", 180, 2_200),
    ("TNT-01", "Two-person tent", 2_700, 24_900),
    ("SLP-01", "Down sleeping bag", 1_150, 21_900),
    ("MAT-01", "Folding sleeping mat", 490, 4_900),
    ("STV-01", "Camp stove, folding", 420, 5_600),
    ("MES-01", "Mess kit, two places", 680, 4_100),
    ("HDL-01", "Head lamp, rechargeable", 140, 4_600),
    ("CMP-01", "Compass, sighting", 95, 3_900),
    ("RPE-01", "Cord, 30 metres", 340, 1_900),
    ("FST-01", "First-aid roll", 420, 3_700),
    ("KNF-05", "Pocket knife, walnut", 110, 5_400),
    ("SCK-01", "Merino socks, two pairs", 160, 2_900),
    ("HAT-01", "Wool watch cap", 120, 2_700),
    ("PON-01", "Rain poncho, waxed", 640, 7_200),
    ("COO-01", "Cooler, 24 litres", 5_100, 12_900),
)

_DESK: Final = (
    ("NBK-01", "Field notebook, dotted, three", 290, 1_600),
    ("NBK-02", "Clothbound journal", 430, 2_400),
    ("PEN-01", "Brass ballpoint", 70, 3_200),
    ("PEN-02", "Fountain pen, fine", 85, 6_800),
    ("PCL-01", "Cedar pencils, dozen", 95, 1_400),
    ("INK-01", "Bottled ink, river blue", 210, 1_900),
    ("CRD-01", "Letterpress cards, eight", 170, 1_800),
    ("WRP-01", "Wrapping paper, three rolls", 560, 1_500),
    ("TAP-01", "Paper tape, five rolls", 180, 1_300),
    ("SCI-01", "Shears, 20 cm", 230, 3_300),
    ("TRY-01", "Desk tray, walnut", 940, 4_700),
    ("LMP-04", "Drafting lamp", 3_100, 9_900),
    ("BKE-01", "Bookends, steel, pair", 2_400, 3_800),
    ("PAD-01", "Felt desk pad", 510, 4_200),
    ("CAL-01", "Wall calendar", 420, 2_200),
    ("STP-01", "Stapler, enamel", 480, 2_800),
    ("GLB-01", "Desk globe", 1_800, 7_600),
)

_SHELVES: Final[tuple[tuple[Category, tuple[tuple[str, str, int, int], ...]], ...]] = (
    ("kitchen", _KITCHEN),
    ("table", _TABLE),
    ("home", _HOME),
    ("garden", _GARDEN),
    ("trail", _TRAIL),
    ("desk", _DESK),
)

CATALOGUE: Final = tuple(
    Product(Sku(sku), name, category, weight_grams, price_minor)
    for category, shelf in _SHELVES
    for sku, name, weight_grams, price_minor in shelf
)
