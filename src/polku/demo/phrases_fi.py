"""What Finnish customers write: sentences by topic and mood, with {this|or that} and slots.

Slots: {nom} {part} {gen} the article bought in its cases; {days} how late ('päivän', '3 päivää').
A topic's name ends in + (content), - (not content) or = (in between).
"""

from __future__ import annotations

from typing import Final

OPENINGS: Final[dict[str, tuple[str, ...]]] = {
    "late-": (
        "{Paketti|Tilaus|Lähetys} tuli {days} myöhässä.",
        "{Luvattu toimituspäivä|Luvattu toimitusaika} ei pitänyt, {paketti|lähetys} tuli {days} myöhässä.",
        "Odotin {part} {days} luvattua pidempään{.| eikä kukaan kertonut mitään.| ja seuranta näytti "
        "koko ajan samaa.}",
        "Seuranta ei kertonut mitään, ja paketti {tuli|saapui} {days} myöhässä.",
        "Ilmoititte, että paketti on perillä huomenna. {Ei ollut.|Ei todellakaan ollut.|Eipä ollut.}",
        "Toimitus kesti {aivan liian kauan|ihan liian pitkään|luvattua kauemmin}.",
        "Myöhästyi {days}. {Ei näin.|Pettymys.|Eikä ensimmäistä kertaa.}",
        "Jos luvataan toimituspäivä, {siitä pitäisi pitää kiinni|sen pitäisi pitää}. Nyt "
        "{myöhästyttiin|meni yli} {days}.",
        "{Paketti|Tilaus} seisoi {lajittelussa|varastossa|jossain matkalla} ja tuli {days} myöhässä.",
    ),
    "late_earlier-": (
        "Tilaukseni myöhästyi, ja {siitä jäi paha maku|se harmittaa yhä}.",
        "Paketti oli myöhässä eikä siitä {kerrottu|ilmoitettu} {mitään|etukäteen}.",
        "{Joutuu itse selvittämään|Piti itse kysellä}, missä {myöhässä oleva|myöhästynyt} paketti on.",
        "Toimitus venyi, ja {jouduin|joudun} {selvittelemään|kyselemään} asiaa itse.",
        "Koko sotku {alkoi|johtui} siitä, että toimitus oli myöhässä.",
        "Luvatuista toimitusajoista {ei pidetä kiinni|voi näköjään lipsua}.",
    ),
    "payment-": (
        "Maksu {kaatui|katkesi|jumittui} {puhelimella|kännykällä} {kesken kaiken|ihan "
        "loppumetreillä|kahteen kertaan}.",
        "Maksaminen {puhelimella|kännykällä} ei {toiminut|onnistunut}, {piti yrittää "
        "uudelleen|jouduin aloittamaan alusta}.",
        "Pankin sovelluksesta ei päässyt {enää takaisin kauppaan|takaisin kassalle}.",
        "Kortti {hylättiin|ei kelvannut} ilman {mitään selitystä|kunnon virheilmoitusta}.",
        "Virheilmoitus ei kertonut, {mitä pitäisi tehdä|missä vika on|menikö maksu läpi}.",
        "En tiennyt, {menikö maksu läpi vai ei|veloitettiinko minulta kahdesti}.",
        "Maksusivu {pyöri ja pyöri|jäi pyörimään} eikä {mitään tapahtunut|mennyt eteenpäin}.",
    ),
    "chat_wait-": (
        "Chatissa {sai odottaa|joutui odottamaan} illalla {ikuisuuden|todella kauan|aivan liian pitkään}.",
        "Illalla chat on auki, mutta {vastausta saa odottaa|kukaan ei tunnu vastaavan}.",
        "Jonotin {pitkään|ja jonotin}, {vaikka sivulla luvattiin vastata heti|ennen kuin joku vastasi}.",
        "Jos chat on auki yhdeksään, siellä pitäisi olla {myös vastaajia|väkeä iltaisinkin}.",
        "Ehdin {syödä iltapalan|laittaa lapset nukkumaan|keittää kahvit}, ennen kuin sain vastauksen.",
        "Chatin jono {ei liikkunut mihinkään|mateli}.",
    ),
    "phone-": (
        "Jonotin {pitkään|kauan}, ja {asia jäi silti auki|silti pyydettiin soittamaan uudestaan}.",
        "{Asia ei ratkennut|Ongelma jäi ratkaisematta}, {minua vain pompoteltiin|pitää soittaa uudelleen}.",
        "Asiakaspalvelija ei {osannut auttaa|tiennyt asiasta mitään|kuunnellut loppuun}.",
        "Luvattiin soittaa takaisin, {mitään ei ole kuulunut|eikä ole soitettu}.",
        "Puhelimessa {kiirehdittiin|oltiin töykeitä}.",
    ),
    "phone+": (
        "Asia {hoitui|selvisi|ratkesi} {yhdellä puhelulla|saman tien|kerralla}.",
        "{Ystävällinen|Asiantunteva|Mukava|Rauhallinen} asiakaspalvelija, joka {tiesi mistä "
        "puhui|hoiti asian heti}.",
        "Puhelimessa oli ihminen, joka {kuunteli|jaksoi neuvoa|otti asian hoitaakseen}.",
        "Sain {selkeät ohjeet|heti avun|vastauksen kaikkeen mitä kysyin}.",
        "Harvoin saa näin {hyvää|ripeää|asiallista} palvelua puhelimessa.",
        "Soitin {epäillen|vähän ärtyneenä}, mutta {asia hoidettiin hienosti|jäi hyvä mieli}.",
    ),
    "phone=": (
        "Jonoa oli{ jonkin verran|}, mutta {asia hoitui|apua löytyi}.",
        "Asia {selvisi suurin piirtein|on nyt vireillä}, {katsotaan miten käy|odotan vielä vahvistusta}.",
    ),
    "chat+": (
        "{Nopea|Ripeä|Selkeä|Asiallinen} vastaus chatissa{.|, kiitos!}",
        "Chatissa {sain heti avun|osattiin neuvoa oikea koko|autettiin kärsivällisesti}.",
        "Kerrankin chat, jossa {vastaa ihminen|ei tarvitse jutella robotille}.",
        "Kysyin {koosta|takuusta|huollosta|toimituksesta} ja {sain heti vastauksen|vastaus oli selkeä}.",
    ),
    "chat-": (
        "Chatissa {ei osattu vastata|sain vain linkin ohjeeseen|kysymykseni ymmärrettiin väärin}.",
        "Vastaukset {olivat ympäripyöreitä|tuntuivat valmiilta lauseilta}.",
        "Chat {katkesi kesken|sulkeutui kesken kaiken}, eikä {keskustelu tallentunut|asia selvinnyt}.",
    ),
    "chat=": (
        "Sain vastauksen{, vaikka siinä kesti|, en tosin aivan siihen mitä kysyin}.",
        "Chat toimi {ihan ok|kohtuullisesti}.",
    ),
    "guide+": (
        "{Oppaista|Oppaistanne|Verkkosivujen oppaista} {oli iso apu|sai hyviä vinkkejä} {ennen "
        "ostoa|valinnassa}.",
        "Opas {vaelluskenkien sovituksesta|rinkan pakkaamisesta|kerrospukeutumisesta|keittimen huollosta} "
        "oli {selkeä|tosi hyödyllinen|kullanarvoinen}.",
        "Luin ensin oppaan, ja {tiesin heti mitä tarvitsen|valinta oli helppo}.",
        "Hyvä, että sivuilla {on oikeaa tietoa eikä pelkkää myyntipuhetta|neuvotaan myös aloittelijaa}.",
        "Oppaat on {kirjoittanut selvästi joku, joka itsekin retkeilee|kirjoitettu ymmärrettävästi}.",
    ),
    "onboarding+": (
        "Käyttöönotto-ohje tuli sähköpostiin {juuri sopivasti|oikeaan aikaan|sopivasti ennen reissua}.",
        "Kiva, että {part} varten tuli {ohje|vinkkejä} sähköpostiin.",
        "Ohjeen avulla {sain kaiken kuntoon|kaikki oli helppo ottaa käyttöön} {kerralla|ilman säätöä}.",
        "Sähköpostin huoltovinkit {olivat hyvä lisä|yllättivät iloisesti}.",
    ),
    "delivery+": (
        "{Nopea|Ripeä|Todella nopea|Salamannopea} toimitus{.|, kiitos!| ja hyvin pakattu.}",
        "{Paketti|Tilaus} tuli {ajallaan|luvatussa ajassa|sovitusti|ehjänä perille}.",
        "Kaikki {meni|sujui} {niin kuin piti|juuri kuten luvattiin|hienosti}.",
        "Toimitus {toimi|pelasi} {moitteetta|hienosti}, ja {seurantaa oli helppo käyttää|ilmoitukset "
        "tulivat ajoissa}.",
        "Hyvin pakattu{.|, eikä turhaa muovia.|, iso plussa pahvista muovin sijaan.}",
    ),
    "product+": (
        "Olen {tosi|erittäin|todella} tyytyväinen {gen} laatuun.",
        "Laadukas tuote ja {hinta kohdallaan|reilu hinta}.",
        "Etsin {part} pitkään, ja {teiltä|täältä} löytyi mitä hain.",
        "{gen} laatu yllätti{ positiivisesti|}.",
        "Tuote vastasi {kuvausta|odotuksia}{.| täysin.|, ja koko oli oikea.}",
        "Ensimmäinen reissu takana, ja {kaikki toimi|olen tyytyväinen}.",
    ),
    "product-": (
        "{gen} laatu {oli pettymys|ei vastannut hintaa}.",
        "Odotin {gen} laadulta {enemmän|tässä hintaluokassa enemmän}.",
        "Tuotteessa oli {naarmu|valmistusvirhe|vika} jo uutena.",
        "Tuotesivun kuvaus antoi {väärän kuvan|ymmärtää muuta}.",
        "Paketti oli {kolhiintunut|huonosti pakattu}, {onneksi tuote oli ehjä|mikä ei anna hyvää kuvaa}.",
        "{Koko oli väärä|Väri oli eri kuin kuvassa}, vaikka {katsoin mitat taulukosta|tarkistin "
        "kaiken kahdesti}.",
    ),
    "return-": (
        "Palautus oli {hankala|turhan mutkikas}.",
        "Rahojen palautusta {saa odottaa|joutui odottamaan} {turhan|liian} pitkään.",
        "Palautusohje {oli epäselvä|puuttui paketista}.",
    ),
    "return+": (
        "Palautus {sujui helposti|hoitui ilman kyselyjä|kävi kätevästi}.",
        "Koko oli väärä, mutta palautus {kävi helposti|oli vaivaton}.",
    ),
    "store+": (
        "Myyjä {osasi asiansa|oli selvästi itsekin retkeilijä|jaksoi auttaa}.",
        "{Asiantunteva|Ystävällinen|Mukava} palvelu myymälässä{.|, tulen uudestaan.}",
        "Sain {kokeilla|katsella} kaikkea rauhassa{.|, eikä kukaan tuputtanut mitään.}",
        "Hyvä valikoima ja {osaava väki|mukava tunnelma}.",
        "Löysin {nopeasti mitä hain|muutakin kuin mitä tulin hakemaan}.",
    ),
    "store-": (
        "Myymälässä {ei näkynyt yhtään myyjää|sai odottaa palvelua}.",
        "Verkossa luki, että {part} on hyllyssä, mutta {ei ollut|eipä ollut}.",
        "Vain yksi kassa auki ja {jono ovelle|kauhea jono}.",
        "Kokoja oli {huonosti jäljellä|vain ääripäistä}.",
        "Myyjällä {oli kiire muualle|ei ollut aikaa neuvoa}.",
    ),
    "checkout+": (
        "{Helppo|Vaivaton|Mutkaton} tilata.",
        "Kassa on {selkeä|yksinkertainen|nopea}.",
        "Tilaaminen {oli helppoa|kävi käden käänteessä|onnistui kerralla}.",
        "{Selkeät|Toimivat} sivut ja {helppo kassa|hyvät kuvat}.",
        "Kaikki löytyi helposti{.|, ja kassa oli selkeä.}",
    ),
    "checkout-": (
        "Kassalla {kysytään liikaa|on liian monta vaihetta}.",
        "Alennuskoodi ei {toiminut|kelvannut}{.|, eikä syytä kerrottu.}",
        "Toimituksen hinta {selvisi vasta lopussa|jäi epäselväksi}.",
        "Sivusto on {sekava|hidas}, {kassalla joutuu palaamaan taaksepäin|tuotetta oli vaikea löytää}.",
        "Osoitetta {ei voinut muokata|piti syöttää kahteen kertaan}.",
    ),
    "any+": (
        "Hyvä {kauppa|valikoima|palvelu}{.|!}",
        "Kaikki {ok|toimi|kunnossa}.",
        "Olen ostanut teiltä {ennenkin|jo vuosia}, {aina hyvä mieli|eikä ole tarvinnut pettyä}.",
        "Suomalainen kauppa, {kiva tukea|siksi ostan täältä}.",
        "{Hienoa|Mahtavaa|Loistavaa} {palvelua|toimintaa}!",
    ),
    "any=": (
        "Ihan {ok|hyvä|jees}.",
        "Ei {valittamista|moitittavaa}, {ei mitään erikoistakaan|perussuoritus}.",
        "Hinnat ovat {vähän nousseet|hieman korkeat}, mutta {laatu on hyvä|valikoima on laaja}.",
        "Valikoima on {hyvä|laaja}, mutta {kokoja puuttuu|verkkokauppa on vähän sekava}.",
        "En osaa {vielä|oikein} sanoa, ensimmäinen kerta teillä.",
    ),
    "delivery=": (
        "Pakkausmateriaalia {oli turhan paljon|voisi olla vähemmän}.",
        "Muuten hyvä, mutta {toimitusvaihtoehtoja saisi olla enemmän|postikulut ovat aika suuret}.",
        "En osaa vielä sanoa, {tuotetta ei ole ehditty kokeilla|reissu on vasta edessä}.",
        "Paketti tuli noutopisteeseen, joka on {turhan kaukana|hankalassa paikassa|hankalasti auki}.",
        "{Tuote on ok|Ihan hyvä tuote}, mutta {hinta oli korkea|odotin hieman enemmän}.",
    ),
    "store=": (
        "Palvelu oli ystävällistä, mutta {jonoa oli|valikoima oli suppea}.",
        "Myymälä on {siisti|viihtyisä}, mutta {hinnat ovat kovat|kokoja puuttui}.",
        "Hain vain {nopeasti|verkosta katsomani} tuotteen, {ei sen kummempaa|asia hoitui}.",
    ),
    "checkout=": (
        "Tilaus {meni läpi|onnistui}, mutta {vaiheita on monta|lomake on pitkä}.",
        "Muuten ok, mutta {maksutapoja|noutopisteitä} saisi olla enemmän.",
        "Ihan {selkeä|toimiva}, {haku voisi olla parempi|koon valinta oli vähän hukassa}.",
    ),
    "any-": (
        "En {suosittele|osta toiste}.",
        "{Pettymys|Huono kokemus} tällä kertaa.",
        "Odotin {enemmän|parempaa}.",
        "{Aiemmin|Ennen} palvelu oli {parempaa|eri luokkaa}.",
    ),
}

SECONDS: Final[dict[str, tuple[str, ...]]] = {
    "late-": (
        "Siitä olisi voinut edes {ilmoittaa|laittaa viestin}.",
        "{Viikonlopun|Kauan suunniteltu} retki jäi {siksi|sen takia} tekemättä.",
        "Jouduin lainaamaan {part} {kaverilta|naapurilta}.",
        "Ensi kerralla {ostan muualta|haen myymälästä}.",
        "Itse tuote on kyllä {hyvä|kunnossa}.",
        "Kysyin perään, {vastaus oli vain että odota|kukaan ei tiennyt missä paketti on}.",
        "{Lahja|Syntymäpäivälahja} ei ehtinyt ajoissa.",
    ),
    "payment-": (
        "Meinasin jättää koko tilauksen tekemättä.",
        "Korjatkaa tämä{.|, kiitos.}",
        "Ostoskori sentään säilyi.",
        "Muissa kaupoissa {sama kortti toimii|ei ole tällaista}.",
    ),
    "chat_wait-": (
        "Vastaus oli kyllä asiallinen.",
        "Päivällä palvelu {on ollut nopeampaa|pelaa}.",
        "Olin jo luovuttamassa.",
        "Seuraavalla kerralla soitan.",
        "Töissä käyvä ei ehdi asioida päivällä.",
    ),
    "+": (
        "Kiitos{!|.| teille.|, jatkakaa samaan malliin!}",
        "Tulen {toistekin|varmasti uudestaan}.",
        "Jatkakaa samaan malliin!",
        "Terveisiä {asiakaspalveluun|varastolle|koko väelle}!",
        "Suosittelen{!|.| kaikille retkeilijöille.}",
        "{Täydet pisteet|Kymppi}.",
        ":)",
    ),
    "-": (
        "Toivottavasti {tämä korjataan|asia paranee}.",
        "Harmi, {muuten hyvä kauppa|olen ollut pitkään asiakas}.",
        "Odotan yhteydenottoanne.",
        "Ei tästä {viitsi enempää|jaksa kirjoittaa enempää}.",
        "Pitäkää {parempi huoli asiakkaista|lupauksenne}.",
    ),
    "=": (
        "Katsotaan {ensi kerralla|jatkossa}.",
        "{Voisi|Saisi} olla {parempikin|sujuvampi}.",
        "Muuten {ok|kaikki hyvin}.",
    ),
}

CURT: Final[dict[str, tuple[str, ...]]] = {
    "+": (
        "ok",
        "Hyvä",
        "Kiitos!",
        "Toimi hyvin",
        "Hyvää palvelua",
        "kaikki hyvin",
        "Nopeaa",
        "👍",
        "Loistava!",
        "tosi hyvä",
    ),
    "=": ("ok", "Ihan ok", "perus", "ihan hyvä", "menettelee", "Ei kommentoitavaa", "en osaa sanoa"),
    "-": ("Huono", "Pettymys", "Ei toimi", "liian hidas", "ei jatkoon", "Surkeaa", "harmittaa", "Ei hyvä"),
}
