"""Pretend pages in the layouts that outlets use: one text, many markups."""

# ruff: noqa: E501 (sentences and markup stay whole)

from collections.abc import Iterator
from html import escape

HEADLINE = "Stausee: Landrätin spricht erstmals seit dem Dammbruch mit den Nachbarn"
LEAD = (
    "Nach dem Bruch des Damms im oberen Tal hat der Landkreis mehr Geld verlangt. Nun haben beide Seiten wieder miteinander "
    "geredet. Die Berichte über das Treffen gehen auseinander."
)
PARAGRAPHS = (
    "Landrätin Hedwig Brunnmoser und ihr Kollege Alois Tannhuber haben sich zum ersten Mal seit mehr als einem Jahr getroffen und "
    "über die Lage am Stausee gesprochen. Das teilten beide Landkreise mit.",
    "Beide Seiten fassen das Treffen sehr unterschiedlich zusammen: Nach Angaben des oberen Landkreises warnte Brunnmoser vor "
    "weiteren Arbeiten. Aus dem unteren heißt es, es sei wichtig, im Gespräch zu bleiben.",
    "Nach Angaben des unteren Landkreises ging die Initiative von Tannhuber aus. »Es versteht sich, dass der Schaden nicht ohne "
    "Folgen bleiben kann«, so ein Sprecher. Das Ministerium bestellte zugleich die Baufirma ein.",
    "Der 1954 gebaute Damm ist ein wichtiger Speicher für das Trinkwasser der Region. In der Nähe befindet sich das Pumpwerk. Das "
    "Tal wird deshalb regelmäßig von Fachleuten besucht.",
    "Tannhuber hatte zuletzt am 15. März 2023 mit seiner Kollegin gesprochen. Damals war der Damm noch heil.",
)
PROMO = (
    "DER TALBOTE fasst die wichtigsten News des Tages für Sie zusammen: Was heute wirklich wichtig war - und was es bedeutet. Ihr "
    "tägliches Newsletter-Update um 18 Uhr. Jetzt kostenfrei abonnieren."
)
TITLES = (
    "Backofen reinigen: Kaum jemand kennt diesen Trick mit Essig",
    "Bürgermeisterwahl: Das sind die Kandidatinnen der Talpartei",
    "In dieser Frage sind sich Huber und Moser einig",
    "Besetzung für die dritte Staffel von „Am Hang“ steht – mit Stars aus dem Nachbartal",
    "Nachbar Maier nach verpatztem Auftritt: „Ich kann das“",
    "Welche Gerüche mögen Ziegen nicht?",
    "Russl bleibt kritisch: „Ich hätte es besser machen können“.",
    "Wetter im Tal: Es kracht wieder – turbulente Stunden im Anmarsch",
)


def texts(ago: str = "3 hrs ago", titles: tuple[str, ...] = TITLES) -> list[str]:
    """The page's texts in the order in which a naive scraper meets them."""
    story = [HEADLINE, LEAD, HEADLINE.lower(), HEADLINE, *PARAGRAPHS[:2], PROMO, *PARAGRAPHS[2:]]
    return [*story, "OTHER NEWS", *(text for title in titles for text in (ago, title))]


def layouts(ago: str = "3 hrs ago", titles: tuple[str, ...] = TITLES) -> Iterator[tuple[str, str]]:
    """(name, page): the same texts in every markup."""
    everything = [escape(text) for text in texts(ago, titles)]
    top, rest = everything[0], everything[1:]
    cut = rest.index("OTHER NEWS")
    story, items = "".join(f"<p>{text}</p>" for text in rest[:cut]), rest[cut + 1 :]
    pairs = list(zip(items[::2], items[1::2], strict=True))
    yield "paragraphs", "".join(f"<p>{text}</p>" for text in everything)
    yield "bare divs", "".join(f"<div>{text}</div>" for text in everything)
    yield "spans in divs", "".join(f"<div><span>{text}</span></div>" for text in everything)
    yield "breaks", f"<div>{'<br>'.join(everything)}</div>"
    yield "double breaks in body", "<br><br>\n".join(everything)
    yield "breaks in a paragraph", f"<h1>{top}</h1><p>{'<br/>'.join(rest)}</p>"
    yield "table", f"<table>{''.join(f'<tr><td>{text}</td></tr>' for text in everything)}</table>"
    yield "preformatted", "<pre>" + "\n\n".join(everything) + "</pre>"
    yield (
        "bold headings as paragraphs",
        "".join(f"<p><b>{t}</b></p>" if len(t) < 120 else f"<p>{t}</p>" for t in everything),
    )
    yield "h1 and paragraphs", f"<h1>{top}</h1>" + "".join(f"<p>{text}</p>" for text in rest)
    yield "title and paragraphs", f"<title>{top} - TALBOTE</title>" + "".join(f"<p>{text}</p>" for text in everything)
    yield (
        "article and aside",
        f"<article><h1>{top}</h1>{story}</article><aside><h2>OTHER NEWS</h2>"
        + "".join(f"<div><span>{age}</span><h3>{title}</h3></div>" for age, title in pairs)
        + "</aside>",
    )
    yield (
        "list inside the article",
        f"<main><article><h1>{top}</h1>{story}<h2>OTHER NEWS</h2><ul>"
        + "".join(f"<li>{age} <a href='/x'>{title}</a></li>" for age, title in pairs)
        + "</ul></article></main>",
    )
