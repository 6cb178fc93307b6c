"""What facts about goods are about, in the words of fashion, food, garden, house, tools and electronics.

Name of the concept, then the words by which a fact's name shows that it is about it, then those that say it.
"""

from typing import Final

GOODS: Final = (
    ("fragile", "fragile breakable glass", "break breaks easily care carefully gentle gently pad padding cushion "
        "delicate chip handle"),
    ("sign", "signature sign adult", "sign signs signed signing signature person someone home adult there open "
        "driver hand"),
    ("scent", "scent fragrance smell aroma", "smell smells smelling scent scented notes hint hints aroma fragrance "
        "fragrant perfume"),
    ("taste", "taste flavor flavour tasting roast ingredient ingredients", "taste tastes tasting flavor flavour "
        "flavors notes hint "
     "hints blend roast roasted brew cup palate made contains baked jar bottle tin bar bag"),
    ("burn", "burn burning", "burn burns burning candlelight light glow glows lit flame evening evenings"),
    ("rain", "waterproof water-resistant watertight submersible rain showerproof", "rain wet water swim swimming "
        "dry shower showers "
     "puddles weather soak soaked damp downpour umbrella"),
    ("lamp", "lumen lumens brightness light bulb dimmable dim", "shine shines bright glow glows light lights lit "
        "dim dims dimmed dimmer bulb"),
    ("dishwasher", "dishwasher", "machine hand put dishwasher rinse clean wash washing sink"),
    ("oven", "oven microwave", "oven microwave bake heat hot put heating warm"),
    ("boil", "boil heat heating heats", "boil boils pot kettle heat heats heated hot water bring brings minutes cup "
        "tea ready"),
    ("sleeps", "sleeps seats people persons", "sleep sleeps seat seats room space fits bed sofa table around guests"),
    ("noise", "noise loud sound quiet beep beeps alarm", "quiet quietly silent silently noise sound sounds loud "
        "beep beeps whisper hear "
     "decibels still"),
    ("power", "power watt watts wattage voltage energy motor engine", "draws runs run uses power motor element plug "
        "outlet socket wall"),
    ("cord", "cord cable lead plug", "cord cable reach reaches plug plugs socket lead charging charge own separate"),
    ("charge", "charge charging usb", "charge charges charged charging recharge recharges plug cable full empty usb "
        "port top"),
    ("screen", "screen display", "screen display diagonal measures across panel sharp inch touch"),
    ("memory", "storage memory disk", "storage memory holds space drive disk room"),
    ("wireless", "bluetooth wifi wi-fi wireless range connect connectivity", "wireless wirelessly connect connects "
        "pair pairs range away "
     "through phone"),
    ("pocket", "pocket pockets compartments compartment", "pocket pockets compartment compartments zip zips zipped "
        "close closes closed holds inside sleeve"),
    ("zip", "zip zips zipper zippers fastening closure button buttons", "zip zips close closes closed closing "
        "fasten fastens button buttons snap shut with"),
    ("fit", "fit cut runs sizing", "fit fits cut runs true size sizes order wear"),
    ("model", "model height-of-model wears", "model wears tall stands wearing photo photos size"),
    ("sleeve", "sleeve sleeves collar neck hem hood lining lined", "sleeve sleeves collar neck hem hood hooded "
        "lining lined comes has"),
    ("pattern", "pattern print design motif", "pattern print printed design striped checked motif shows"),
    ("finish", "finish coating surface glaze varnish", "finish finished coat coated surface glaze glazed oiled "
        "varnished matte sealed painted"),
    ("assembly", "assembly assemble assembled tools", "assembly assemble assembled assembling put together screws "
        "tool tools set up build built ready "
     "arrives flat"),
    ("included", "included includes include box contents accessories comes in-the-box kit", "included includes box "
        "comes come inside find with set "
     "accessory accessories alongside pack packed kit own separately need sold get"),
    ("plant", "sun sunlight shade hardy hardiness bloom blooms flower flowers flowering sow sowing harvest water "
        "watering spacing planting "
     "depth soil", "sun sunny sunlight shade shady spot plant plants planted planting grow grows bloom blooms "
         "blooming flower flowers flowering "
     "sow sown sowing seeds harvest pick water waters watering soil garden bed pot beds apart hardy frost likes "
     "wants thrives stands"),
    ("grow", "grows height-at-maturity mature", "grow grows tall reach reaches height full grown"),
    ("age", "age recommended-age ages for-ages", "age ages aged children kids years old from up upward suitable "
        "little ones"),
    ("account", "account", "account existed exists exist opened old age created new since"),
    ("players", "players player", "players player play plays playing people game round table"),
    ("play", "duration playing-time playtime runtime playback length", "play plays playing played lasts last takes "
        "run runs listen music game"),
    ("pages", "pages page author language publisher edition", "pages page book reads read written author long bound "
        "hardcover paperback edition by"),
    ("load", "load bearing maximum-load capacity-kg max weight-limit", "load loads bear bears hold holds carry "
        "carries support supports up takes"),
    ("speed", "speed rpm", "speed speeds spin spins turns fast rotates settings setting"),
    ("temperature", "temperature comfort-temperature degrees warm cold", "temperature degrees warm cold down keep "
        "keeps works use cool night nights rated"),
    ("keepwarm", "keep-warm keeps warm hot cold insulated", "keep keeps warm hot cold hours drink drinks coffee tea "
        "stays"),
    ("store", "storage store keep shelf-life best-before expiry expires", "store stored keep kept cool dry place "
        "fridge best before use within "
     "opened shelf expires"),
    ("allergen", "allergen allergens nuts gluten lactose contains vegan vegetarian", "contains contain free nuts "
        "gluten lactose milk "
     "soy traces suitable vegan vegetarian"),
    ("battery", "battery akku batterie runtime", "single full battery run runs last lasts charge hours life power "
     "lasting"),
    ("care", "care pflege entretien tip wash washing cleaning ironing iron dry", "care tip look after keep wash "
        "washes washing washed iron ironing ironed dry "
        "drying dried clean cleaner cleaners "
     "cleaning wipe hand machine cold warm water cycle tumble gently cool laundry laid lay flat line soak bleach "
     "line-dry hang take"),
    ("made", "material fabric composition made shell fill filling body frame top sole upper wax",
        "made cut sewn woven knitted knit spun poured "
     "cast carved crafted turned pressed stitched wrapped body frame top shell filled filling lined weave yarn "
     "fibers cloth built blend mix"),
    ("made in", "origin country produced made manufactured roasted sewn workshop", "sewn made woven knitted built "
        "crafted roasted baked brewed "
     "grown produced workshop home-grown hand stitched assembled come comes from"),
    ("lead", "conversion views view visits clicks orders purchases", "led lead leads rose fell ended turned "
        "conversion views visits bought purchase"),
    ("change", "change growth increase decrease rate", "rose risen rise fell fallen climbed dropped grew up down "
        "change changed went from"),
    ("date", "date day delivery expected eta new until by from start end", "date day"),
    ("inspect", "condition inspection state found", "found find condition inspection inspected look looked noticed "
        "notice seen shows show came back"),
    ("pickupby", "carrier-pickup picks pickup collection cut-off cutoff dock", "carrier comes come truck van driver "
        "dock ready leave leaves picks out door"),
    ("bill", "billing invoice bank", "billing bill billed invoice invoiced bank transfer"),
    ("due", "due pay-by deadline", "due deadline payable pay settle owed"),
    ("loyal", "member membership since loyalty tier", "member membership with us since tier level"),
)  # fmt: skip
