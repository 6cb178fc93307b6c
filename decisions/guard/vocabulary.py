"""Words that state nothing about goods, money or events: grammar, courtesy, service about us, requests."""

from typing import Final

from decisions.guard.words import stem_set

_GRAMMAR: Final = """
a an the this that these those it its it's itself they them their theirs he she his her him we us our ours you your
yours yourself i me my mine myself ourselves and or but nor so yet if then than as at by for from in into of off on
onto out over per to under until till up upon via with within without about above after again against along among
around before behind below beside besides between beyond down during except inside near next outside since through
throughout toward towards when where whether which while who whom whose why what how whatever whenever wherever
whichever whoever because although though unless once instead rather either neither both is are was were be been being
am do does did done doing have has had having can could may might must shall should will would won't can't cannot i'm
i'll i've i'd you're you'll you've you'd we're we'll we've we'd they're they'll they've they'd that's there's here's
what's let's who's how's where's it'll it'd that'll don't doesn't didn't isn't aren't wasn't weren't hasn't haven't
hadn't couldn't wouldn't shouldn't needn't least fewer couple handful plenty dozens hundreds thousands several ago
maximum minimum approximately roughly nearly circa exactly e longer closer never always ever best most x earlier not
no yes there here now still just only also too even else already yet soon later back away together apart ahead almost
quite rather simply exactly right well else anyway otherwise however therefore thus meanwhile any some such same other
another each every all none few little more most less much many enough own several one ones thing things something
anything nothing everything somebody someone anybody anyone lot bit very really as ok okay hey o'clock etc vs am pm
uhr like today's
"""
_COURTESY: Final = """
plus minus afraid somewhere luck difference fact stand happier hate owe
strings aboard fingers crossed ears drop shout stuck
hanging deserve company thrilled sleep double million thousand hundred doubly forgotten assured blame give-or-take
back hands hi hello hey dear good morning afternoon evening day welcome greetings goodbye bye cheers regards wishes
sincerely faithfully truly kind kindly best-wishes yours cordially thank thanks thankful grateful gratefully
appreciate appreciated appreciation please sorry apology apologies apologize apologise apologizing excuse pardon
forgive regret unfortunately sadly inconvenience inconvenient trouble bother wait waiting patience patient patiently
hope hopes hoping enjoy enjoyed enjoying wish wishing happy glad pleased delighted pleasure excited love lovely nice
great wonderful fun fantastic glad looking forward see soon take care congratulations congrats accept accepts worry
worries problem problems hesitate question questions concern concerns doubt doubts unsure sure certain help helps
helping helped assist assistance support supporting advice advise guidance guide understand understanding understood
understandable frustrating annoying disappointing disappointed disappointment matter matters important importance mind
course news update updates updated information info details detail reply replies replying replied respond response
answer answers answering answered write writing writes call calls calling phone email e-mail mail message messages
contact contacts contacting reach chat talk speak line touch note letter sender let lets letting know knows tell tells
telling told ask asks asking asked say says saying hear hears hearing heard listen read reads reading feel feeling
free feedback opinion thoughts idea ideas suggestion cause causes caused unclear rain hardly treat eye nobody empty
joy summary record records bear bearing posted meantime wrong word words wear wearing result results pressure hurry
trust unclear hit rush friendly regard understandably gently bit step-by-step figure hear-from eager curious cozy-time
remain remains patience-time interest interested entirely completely totally-fine properly comfortable proceed
proceeds smooth smoothly straightforward sorted honest honestly frankly clear clearly nearby-us occasion relax
rest-assured-not greet smile smiles quick quickly quick-question brief briefly shortly moment moments minute second
gladly happily personally directly straight simple simply easy easily easier quietly calm calmly
"""
_SERVICE: Final = """
way ways team teams colleague colleagues staff agent agents person people human someone desk service customer-service
us shop store online website site page account app office order orders item items product products parcel parcels
package packages purchase cart basket bag box message receipt list lists number numbers copy step steps choice option
options help look looks looking check checks checking checked see sees seeing view find finds finding found try tries
trying keep keeps keeping make makes making need needs needed needing want wants wanted like liked likes come comes
coming go goes going get gets getting give gives giving take takes taking put puts putting use uses using bring brings
leave stay stays move moves start starts starting begin begins stop stops pass passes passing forward follow following
add adds adding change changes changing changed sort sorted sorting fix fixing solve solving resolve work works
working happen happens happened happening think thinks thinking thought consider considering decide decided mean means
meant remember remind reminder reminders notice noticed seem seems show shows showing open opens opening click tap
visit visiting browse browsing shop shopping choose pick select name names suit suits fit fits prefer preferred
prefers fine carry carries continue continuing complete completing finish finishing place placed placing handle
handling draw draws feature features include includes including contain contains provide provides offer-help allow
allows create cover covers spread pair pairs combine combines layer team-up match matches turn bring share sharing
explain explaining explains describe describes learn expect join run runs set sets setting here everything anything
something whatever time times while moment place places point part parts rest side kind sort case cases reason example
end side bottom top head half ready-made good better new old other same different next last first second third final
whole full both further extra far near long short big small early late often sometimes usually soon once twice life
home house door garden kitchen room table outdoors weekend evening morning night days day week weeks month year years
season holiday holidays christmas
"""
_STAFF: Final = """
seal lift hand wipe lay shut unattended counter listen tape both side customer customers colleague lead manager
supervisor shift scan scans scanning scanned label labels labelled print printed bag bags shelf shelves rack counter
till register bin bins stockroom back-room room floor aisle put take place pack packing wrap hand receipt receipts id
card ask ask check checks inspect inspection count verify compare compares confirm confirms confirming condition
damage damaged damages missing tag tags sealed seal box boxes tape paper note notes record enter screen system tell
report photo photograph picture picture pictures keep set aside together carefully unsure instead prepare prepared
pick picks collect bring separate separately area each every pair staff decide decision decisions decided approve
reject refuse answer look case details against for before evidence facts odd unusual speaks
"""
_GERMAN: Final = """
vertrauen der die das den dem des ein eine einen einem einer eines und oder aber doch denn wenn als wie ob dass weil
da so auch noch nur schon sehr mehr ganz hier dort nun jetzt ich du er sie es wir ihr mich dich sich uns euch ihnen
ihm ihn ihren ihre ihrem ihrer ihres unser unsere unseren unserem unserer mein dein sein seine ist sind war waren sein
bin wird werden wurde wurden worden hat haben hatte hatten habe kann können könnte könnten darf dürfen muss müssen
soll sollen sollten will wollen möchten möchte mag gern gerne in im an am auf aus bei beim bis für mit nach von vom
vor zu zum zur über unter um ab seit durch gegen ohne zwischen pro je statt wegen nicht kein keine keinen keinem was
wer wann wo warum welche welcher welches alles etwas nichts jede jeder jedes diese dieser dieses diesen diesem man
hallo guten tag morgen abend liebe lieber sehr geehrte geehrter frau herr danke vielen herzlichen dank bitte
entschuldigung entschuldigen leid tut verzeihung grüße grüßen freundlichen herzliche willkommen geduld verständnis
freuen freut voraussichtlich voraussichtliche leider bereits gerade unterwegs-hin inklusive zzgl zuzüglich
einschließlich lang lange groß hoch breit zusammen fragen frage antworten antwort antwortet melden schreiben hilfe
helfen gern team bestellung bestellungen ihre nachricht einfach kurz sagen bescheid geben gut nochmals wieder schön
viel spaß freude sehen uhr wünschen einkauf artikel produkt stück warten denken wählen warenkorb mal erhalten bekommen
finden
machen macht machten gemacht bald weg wege noch immer dazu davon dabei daran darauf dafür damit deshalb darum also
sobald solange bis bisher bevor nachdem während außerdem zudem ebenfalls eben kommen kommt kam gekommen gehen geht
stehen steht liegen liegt bleiben bleibt lassen lässt nehmen nimmt gibt geben bringen bringt brauchen braucht benötigen
wissen weiß hören lesen prüfen kümmern kümmert bedanken bedauern verstehen hoffen hofft genießen lassen erreichen
jederzeit zeit moment minute tage stunden woche anfang ende teil sache fall dinge ding grund grüße gruß freundliche
beste liebe schöne schönen schönes gute guten guter gutes neue neuen kleine große gleich später früher heute morgen
selbst selbstverständlich natürlich leicht direkt hierzu rund nähe fragen anliegen rückfragen nachfragen kundin kunde
kunden herzlich mitteilen informieren informiert stellen stellt wünschen wünsche möglich zusammen insgesamt erfolgte
erfolgt erfolgen sollte hätten hätte wäre wären würden würde lieber doch mal darüber hinaus falls sofern mit ohne
innerhalb außerhalb zurückgeben zurücksenden zurückschicken abgeben abgegeben nutzen benutzen
beachten achten ansehen schauen suchen gefallen gefällt passt passen entscheiden auswählen aussuchen rufen anrufen
"""
_FRENCH: Final = """
confiance toujours le la les l un une des de du d et ou mais donc car si que qu qui quoi dont où quand comment
pourquoi ce cet cette ces c s n j m t je tu il elle on nous vous ils elles me te se lui leur leurs mon ma mes ton ta
tes son sa ses notre nos votre vos est sont était étaient être été sera seront a ont avez avons avait avoir peut
pouvez pouvons peuvent doit devez faut va vont allez voulez souhaitez à au aux en dans sur sous par pour avec sans
chez vers entre avant après depuis jusqu jusque dès contre ne pas plus non oui très bien aussi encore déjà ici là tout
toute tous toutes même autre autres bonjour bonsoir cher chère madame monsieur merci beaucoup s'il plaît désolé
désolés désolée excuses pardon cordialement bientôt bienvenue salutations patience compréhension malheureusement déjà
environ ainsi ensemble notamment compris question questions répondre répondez réponse message écrire écrivez aider
aide équipe commande commandes simplement n'hésitez hésitez contacter contactez heures heure bonne journée article
produit attendre attend choisir panier trouver d'une c'est l'article recevoir
moindre souci savoir sachez faire fait font faites dire dit disons prendre prend prenez mettre met mettons venir vient
passer passe tenir tient tenons donner donne donnons arriver rester reste restons disposition plaisir heureux heureuse
ravis ravi espérons espère souhaitons vouloir voulez pouvoir aimez aimer profitez profiter chaque entre toutes quelque
quelques chose choses temps moment instant jour jours semaine mois année aujourd'hui demain hier désormais alors puis
ensuite enfin aussitôt dès lors merci remercions remercie vous-même besoin conseil conseils service client cliente
clients nouvelle nouveau nouvelles beau belle bel petit petite grand grande avis infos information informations
détails côté part lieu sujet cas raison s'élève s'élèvent élève élèvent
"""
GRAMMAR: Final = stem_set(_GRAMMAR) | stem_set("order item parcel package cart customer")
NEUTRAL: Final = stem_set(_GRAMMAR, _COURTESY, _SERVICE)
STAFF: Final = stem_set(_STAFF)
FOREIGN: Final = {"de": stem_set(_GERMAN), "fr": stem_set(_FRENCH)}
# Small words by which a language shows itself; none of them is a word of the others.
SHOWS: Final = {
    "en": frozenset("the and your you is are we of with for to it have has will this that our".split()),
    "de": frozenset(
        "der das und ist sind wir sie ihre ihr ihren mit für nicht ein eine wird haben auf zu bei von".split()
    ),
    "fr": frozenset("le les des et est sont nous vous votre vos avec pour une du dans sur votre aux ne pas".split()),
    "es": frozenset("el los las y es su sus con para una del por gracias pedido hola está usted".split()),
    "it": frozenset("il gli della è suo sua con per una grazie ordine ciao sono nostro".split()),
    "nl": frozenset("het een en uw je wij zijn voor met bedankt bestelling niet van".split()),
}
# Verbs that open a request to the reader.
REQUESTS: Final = frozenset(
    "double lift wipe tape listen lay leave drop reply choose tell let contact check use "
    "take ask scan complete come visit see keep open write "
    "call click finish return pick review have enjoy look browse explore discover "
    "shop order reserve add get grab hand place put wash please give confirm name try send bring "
    "track follow feel stop find decide cancel wait make select need questions just enter pack print "
    "verify set pass read note remember count antworten wählen bitte schreiben répondez choisissez if should say "
    "hold update save allow compare thank thanks sorry apologies".split()
)
ORDERS_TO_STAFF: Final = frozenset("never always only do don't".split())
