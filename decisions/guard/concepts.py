"""What facts are about, and the words in which such a fact may be said.

A fact is about a concept if its name (or a value of a few words) has one of the words after `of`; then the words after
`says` may stand in a sentence that cites it. A soft concept is a course of events that a question, a request or an "if"
may name without stating it.
"""

from dataclasses import dataclass
from typing import Final

from decisions.guard.goods import GOODS
from decisions.guard.words import stem_set


@dataclass(frozen=True, slots=True)
class Concept:
    name: str
    of: frozenset[str]
    says: frozenset[str]


def _concept(name: str, of: str, says: str) -> Concept:
    return Concept(name, stem_set(of), stem_set(of, says))


CONCEPTS: Final = (
    _concept(
        "price",
        "price cost amount fee due subtotal charge preis betrag prix montant kosten coût tarif",
        "costs apply applies priced pays paid charge charged sell sells value each apiece come comes "
        "kostet zahlen bezahlen coûte coûtent payer bei revient price-tag tag beträgt kosten kostet betrag preis "
        "zahlbar s'élève s'élèvent montant coût frais",
    ),
    _concept(
        "total",
        "total sum amount gesamt gesamtbetrag summe",
        "total altogether sum come comes all insgesamt beträgt add adds worth over betrag gesamt gesamtsumme "
        "rechnungsbetrag somme en",
    ),
    _concept(
        "old",
        "earlier was before previous old original list regular rrp usual former bisheriger vorher alter "
        "ancien früherer planned",
        "was were instead down before previous previously earlier old former formerly original "
        "originally regular regularly usual usually list rather compared planned plan than statt bisher "
        "bislang zuvor lieu avant",
    ),
    _concept(
        "saving",
        "saving discount off rebate reduction offer save rabatt remise ersparnis was earlier before "
        "previous original list regular usual rrp old ancien voucher coupon credit bisheriger vorher "
        "early",
        "save saves saving savings saved off discount discounted reduce reduced reduction cheaper lower "
        "less drop dropped fall fell cut deal marked markdown rabatt sparen spart günstiger reduziert "
        "remise réduction économisez",
    ),
    _concept(
        "stock",
        "stock inventory available availability supply lager vorrätig verfügbar bestand lagerbestand "
        "left stück missing",
        "left stock available remain remains remaining piece unit last still supply shelf have verfügbar "
        "lager vorrätig vorrat noch übrig auf reste restent stock disponible disponibles sell sold out "
        "run running ready back",
    ),
    _concept(
        "delivery",
        "delivery deliver expected expect arrival arrive earliest latest eta window promise lieferung "
        "liefertermin livraison zustellung transit spätestens estimated",
        "deliver delivers delivery arrive arrives arrival reach reaches come comes coming expect "
        "expected due land receive window earliest latest estimated door doorstep hands get way there booked "
        "scheduled slot set "
        "here take takes planned "
        "liefern geliefert kommt ankommen erwarten ankunft zustellen livrer livrée livré arrive arriver "
        "attendue attendons prévue prévu recevrez lieferung zustellung ankunft eintreffen eintrifft da zusteller "
        "arrivée chez",
    ),
    _concept(
        "ship",
        "ship shipped carrier tracking dispatch dispatched sent parcel parcels shipping versand versandt "
        "expédition expédiée transporteur consignment left consignments transit",
        "warehouse delivery postage ship ships shipped shipment send sent dispatch dispatched left "
        "travel travels way carry carries bring brings hand handed hands over transit track tracking "
        "follow carrier parcel package under code number trace road route journey progress trip "
        "versandt versendet verschickt unterwegs paket expédiée expédié envoyée colis suivi suivre weg versand "
        "lieferung sendung zusteller transport unterwegs machen losgeschickt abgeschickt route chemin",
    ),
    _concept(
        "carrier",
        "carrier spediteur transporteur courier",
        "bring brings carry carries deliver delivers courier travel travels way hand handed hands with "
        "driver route take takes has liefert bringt livre par",
    ),
    _concept(
        "delivered",
        "delivered arrived received handed zugestellt livrée",
        "deliver delivered arrive arrived here came come received there door reach reached handed home landed made",
    ),
    _concept(
        "place",
        "city address destination place stadt adresse ville",
        "headed heading going bound address destination toward towards deliver delivered go goes travel "
        "travels bring way reach reaches arrive there nach vers",
    ),
    _concept(
        "refund",
        "refund refunded credit reimbursement returned-money gutschrift erstattung remboursement "
        "rückerstattung released release",
        "refund refunded refunding refunds back credit credited give gives given giving get gets money "
        "reimburse reimbursed account go goes return returned returning pay paying receive issue issued "
        "send sent reach way land appear see show added add goodwill trouble sorry "
        "released release set aside owe erstatten erstattet zurück gutgeschrieben gutschrift remboursé "
        "rembourser remboursement remboursons betrag geld konto zurückerstattet überweisung überwiesen rückzahlung "
        "karte kreditkarte montant compte carte argent",
    ),
    _concept(
        "cancel",
        "cancel canceled cancelled cancellation storniert stornierung annulée annulation uncharged",
        "cancel canceled cancelled cancellation canceling stop call off come coming storniert stornieren "
        "annulée annuler",
    ),
    _concept(
        "pay",
        "payment card paid pay method charged charge zahlung paiement karte carte declined uncharged "
        "visa invoice balance",
        "pay pays paid paying payment card method charge charged go went goes gone through declined "
        "decline bank another way debit debited bill account try zahlung bezahlt abgebucht paiement payé "
        "débitée carte account set aside zahlbar zahlen bezahlen rechnung überweisung lastschrift kreditkarte per "
        "betrag facture virement réglé réglée",
    ),
    _concept(
        "hold",
        "hold held review decision decide hold waiting check on-hold decided",
        "hold held review reviewing look looking looks check checking checks decide decided decision "
        "hear waiting wait closer before further on go goes pause paused person team answer know tell",
    ),
    _concept(
        "quantity",
        "quantity qty units count items number pieces menge anzahl quantité piece stück in cart lines each",
        "held hold contain contains make makes quantity item items piece pieces pair pairs unit units "
        "order ordered ordering bought cart copies each contain contains altogether got stück artikel "
        "exemplaires pièces bestellt",
    ),
    _concept(
        "cart",
        "cart basket item product items products bag checkout warenkorb panier artikel article",
        "cart basket bag saved waiting wait waits left chose picked forgot behind still there here "
        "thinking pick choose chosen warenkorb panier",
    ),
    _concept(
        "weigh",
        "weight weigh gewicht poids",
        "contain contains net hold holds fill filled weigh weighs weighing weight gram kilo wiegt pèse scales",
    ),
    _concept(
        "measure",
        "size dimension dimensions length width height depth diameter long wide high tall größe länge "
        "breite höhe maße longueur largeur hauteur dimension measures",
        "fold folded flat measure measures measuring long wide high tall deep across length width height "
        "depth lang breit hoch mesure",
    ),
    _concept(
        "capacity",
        "capacity volume fassungsvermögen inhalt capacité content contents",
        "hold holds holding capacity space room fits carry carries takes take volume fasst contient pack",
    ),
    _concept(
        "material",
        "material fabric composition made upper lining shell fill filling stoff matière",
        "made make makes material fabric cut sewn woven from aus besteht hergestellt fait faite in shell body",
    ),
    _concept(
        "origin",
        "made origin country produced manufactured herkunft origine sewn",
        "made make from origin produced manufactured come comes hergestellt fabriqué fabriquée sewn country",
    ),
    _concept(
        "warranty",
        "warranty guarantee garantie",
        "warranty covered cover covers guarantee comes garantie come back backed",
    ),
    _concept(
        "rating",
        "rating rated reviews review stars star bewertung bewertungen note avis reviewers",
        "rate rated rates rating average star stars review reviews reviewed reviewer reviewers customer "
        "customers buyer buyers people gave give gives score scores out bewertung bewertungen sterne "
        "kunden avis étoiles",
    ),
    _concept("award", "award awards prize auszeichnung", "won win wins winner award awarded prize winning received"),
    _concept(
        "certificate",
        "certificate certified certification seal label zertifikat",
        "certified certificate certification carry carries bear bears hold holds meet meets standard label",
    ),
    _concept(
        "offer",
        "offer coupon voucher code promo promotion discount sale percent angebot bundle",
        "offer off left go remain discount save saving code use apply applies applied valid until end "
        "ends ending expire expires take get enter sale deal now runs run running last lasts good "
        "through today take price order away here yours cheaper less reduced comes pay angebot gilt "
        "rabatt sichern offre valable jusqu",
    ),
    _concept(
        "pickup",
        "pickup pick ready store collect collection abholung abholbereit retrait closes opens shop shops stores",
        "due pick picked pickup collect collection ready reserve reserved waiting store counter prepare "
        "prepared abholen abholbereit prêt prête retirer prepare have by",
    ),
    _concept(
        "open",
        "closes opens open hours opening close öffnungszeiten",
        "shut shuts open opens close closes closed opening hours until late",
    ),
    _concept(
        "delay",
        "delay delayed late new before expected verspätung retard",
        "delay delayed late later slower behind schedule postponed longer than planned verspätet "
        "verspätung retard retardée later earlier sooner move moved pushed instead new",
    ),
    _concept(
        "reason",
        "reason why cause grund motif raison signal",
        "slow slowing reason because cause caused due means hold holding up grund weil raison since by",
    ),
    _concept(
        "color",
        "color colors colour colours farbe farben couleur couleurs",
        "color colors come comes available shade shades choose pick farben in erhältlich couleurs",
    ),
    _concept("status", "status state zustand statut event", "now"),
    _concept(
        "days",
        "days working within takes return days-to processing lead business time period frist délai",
        "within take takes need needs allow working business up day days long later time",
    ),
    _concept(
        "return",
        "return returns returned retoure retour window",
        "return returns returned send sent back window bring within reached received arrived got have zurück "
        "zurücksenden rücksendung retoure eingegangen angekommen erhalten retour renvoyer",
    ),
    _concept(
        "received", "received reached arrived", "received receive reached arrive arrived got here back have has with"
    ),
    _concept(
        "confirm",
        "confirmed confirm confirmation bestätigt confirmée placed",
        "confirm confirmed confirming placed order ordered received thank got bestätigt confirmée",
    ),
    _concept(
        "choice",
        "choices choice choose options option answer silence",
        "choose choice option options wait cancel take tell decide pick hear between either can may answer word",
    ),
    _concept(
        "missing",
        "missing backorder back-order not shortage unavailable",
        "missing unavailable short backordered lack rest available out stock have",
    ),
    _concept("name", "name customer recipient kunde client nom", "name"),
    _concept("disputes", "disputed disputes dispute", "dispute disputed chargeback"),
    _concept(
        "free",
        "free gratis kostenlos gratuit gratuite",
        "free charge cost nothing extra kostenlos gratuit gratuite gratuitement kostenfrei kostenfrei umsonst "
        "nichts kostet versand versandkosten offert offerts offerte",
    ),
    _concept(
        "threshold",
        "threshold minimum from above over ab",
        "from over above spend spending orders minimum away short add more reach reaches start starts worth",
    ),
    _concept("popular", "sold sellrate views demand", "sell sells sold selling sales popular demand bought"),
    _concept(
        "restock",
        "incoming restock next new resupply",
        "back come comes new delivery again restock restocked expect arrive more on way next",
    ),
    _concept("points", "points loyalty", "points earn earned collect balance have point"),
    _concept("location", "bin shelf aisle location rack", "bin shelf aisle from take pick go rack"),
    _concept("nearby", "nearby near nearest distance", "nearby near nearest you away close around area from"),
    _concept("rest", "rest partial remaining", "rest remaining other others now already separately without what"),
    *(_concept(name, of, says) for name, of, says in GOODS),
)
BY_NAME: Final = {concept.name: concept for concept in CONCEPTS}
ABOUT: Final[dict[str, frozenset[str]]] = {
    word: frozenset(concept.name for concept in CONCEPTS if word in concept.of)
    for word in {w for c in CONCEPTS for w in c.of}
}
SAID_OF: Final[dict[str, frozenset[str]]] = {
    word: frozenset(concept.name for concept in CONCEPTS if word in concept.says)
    for word in {w for c in CONCEPTS for w in c.says}
}
# Courses of events that a question, an invitation or an "if" may name.
SOFT: Final = frozenset(
    "delivery ship carrier delivered place refund cancel pay hold quantity cart pickup delay return "
    "received confirm choice missing status days color name "
    "restock price total stock reason open care location rest measure".split()
)
OF_GOODS: Final = frozenset(name for name, _, _ in GOODS)
