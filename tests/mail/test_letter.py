from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.mail import (
    InvalidAddress,
    Letter,
    Rendered,
    Sender,
    Template,
    TemplateBroken,
    as_mime,
    checked_address,
    new_message_id,
    render,
)
from polku.mail.plain import text_of

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SENDER = Sender("asiakas@kauppa.example.fi", "Kävely, polut & muuta", "palvelu@kauppa.example.fi")
MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>{{ name }}</mj-text></mj-column></mj-section></mj-body></mjml>"


def parsed(letter: Letter, sender: Sender = SENDER):
    raw = as_mime(letter, sender, message_id="<1@kauppa.example.fi>", now=NOW)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return message_from_bytes(raw, policy=default)


def test_headers_and_parts():
    message = parsed(
        Letter(
            "anna@example.fi",
            Rendered("Miten meni? Äänekoski €", "<p>Ääni</p>", "Ääni\n.\nFrom here\n"),
            "fi",
            unsubscribe_url="https://polku.example.fi/s/" + "x" * 300,
        )
    )
    assert message["Subject"] == "Miten meni? Äänekoski €"
    assert message["From"] == '"Kävely, polut & muuta" <asiakas@kauppa.example.fi>'
    assert (message["To"], message["Reply-To"]) == ("anna@example.fi", "palvelu@kauppa.example.fi")
    assert message["Message-ID"] == "<1@kauppa.example.fi>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message["List-Unsubscribe"] == "<https://polku.example.fi/s/" + "x" * 300 + ">"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = message.iter_parts()
    assert [p.get_content_type() for p in (plain, html)] == ["text/plain", "text/html"]
    assert plain.get_content().replace("\r\n", "\n") == "Ääni\n.\nFrom here\n"
    assert html.get_content().strip() == "<p>Ääni</p>"


def test_without_an_address_to_unsubscribe_at_there_is_no_such_header():
    assert parsed(Letter("a@example.fi", Rendered("x", "x", "x")))["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    "url",
    ["http://a.fi/", "https://a.fi/ä", "https://a.fi/>", "https://a.fi/\r\nBcc: x@y.fi", "mailto:a@b.fi"],
)
def test_unsubscribing_is_by_https_only(url):
    with pytest.raises(InvalidInput):
        parsed(Letter("a@example.fi", Rendered("x", "x", "x"), unsubscribe_url=url))


@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=12))
def test_nothing_that_is_filled_in_makes_a_header(subject, name, language):
    letter = Letter("anna@example.fi", Rendered(f"a\r\nBcc: x@y.fi{subject}", "x", "x"), f"fi{language}")
    message = parsed(letter, Sender("a@example.fi", f"{name}\r\nBcc: x@y.fi"))
    wanted = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"}
    assert set(message.keys()) == wanted | {"MIME-Version", "Content-Type"}
    assert message["To"] == "anna@example.fi"
    assert message.is_multipart()


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (" Anna.Virtanen+x@Example.FI ", "Anna.Virtanen+x@example.fi"),
        ("a@münchen.de", "a@xn--mnchen-3ya.de"),
    ],
)
def test_addresses(given_, kept):
    assert checked_address(given_) == kept


@pytest.mark.parametrize(
    "bad",
    ["", "anna", "@a.fi", "a@", "a@b", "a b@c.fi", "a@b c.fi", "a..b@c.fi", ".a@c.fi", "ä@c.fi", "a@b@c.fi",
     "a@c.fi\r\nBcc: x@y.fi", "a@c.fi\nRCPT TO:<x@y.fi>", "<a@c.fi>", "a@-c.fi", "a@c..fi", '"a b"@c.fi',
     "a" * 65 + "@c.fi",
     "a@" + "c" * 64 + ".fi", "a@" + "cc." * 90 + "fi", "a@[127.0.0.1]", "a,b@c.fi", "a@c.fi,d@e.fi"],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_not_told(bad):
    with pytest.raises(InvalidAddress) as caught:
        checked_address(bad)
    assert not bad or bad not in str(caught.value)


def test_each_letter_has_an_id_of_its_own():
    assert len({new_message_id(SENDER) for _ in range(100)}) == 100


def test_values_are_text_and_never_markup():
    rendered = render(Template("Hei {{ name }}", MJML), {"name": "<b>Å & ä</b>\r\nBcc: x@y.fi"})
    assert rendered.subject == "Hei <b>Å & ä</b> Bcc: x@y.fi"
    assert "&lt;b&gt;Å &amp; ä&lt;/b&gt;" in rendered.html
    assert rendered.text == "<b>Å & ä</b> Bcc: x@y.fi\n"


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody }}", "{{ name.first_letter }}", "{{ name.__class__ }}", "{% if nobody %}x{% endif %}",
        "{% include 'x' %}",
        "{% render 'x' %}", "{{ name | safe }}", "{{ name | unheard_of }}", "{%", "{{ name",
        "{{ (1..100000000) | join: ',' }}",
        "{{ (1..100000000) | sort | first }}", "{% for i in (1..100000000) %}x{% endfor %}",
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..100) %}{% assign a = a | append: a %}{% endfor %}",
        "{% for i in (1..1900) %}{% for j in (1..1900) %}x{% endfor %}{% endfor %}", "x" * 300_000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["subject", "mjml", "text"])
def test_a_template_that_cannot_be_used_is_told(source, part):
    parts = {"subject": "x", "mjml": MJML, "text": "x"}
    parts[part] = MJML.replace("{{ name }}", source) if part == "mjml" else source
    with pytest.raises(TemplateBroken):
        render(Template(**parts), {"name": "x"})


@pytest.mark.parametrize(
    "mjml",
    ["", "hello", "<mjml>", "<mjml><mj-body><mj-include path='/etc/passwd'/></mj-body></mjml>", "<p>x</p>"],
)
def test_what_is_no_mjml_is_told(mjml):
    with pytest.raises(TemplateBroken):
        render(Template("x", mjml), {})


def test_only_plain_values_go_in():
    with pytest.raises(TypeError):
        render(Template("x", MJML), {"name": object()})
    with pytest.raises(TemplateBroken):
        render(Template("x", MJML), {"name": "x", "link_url": "javascript:alert(1)"})
    with pytest.raises(TemplateBroken):
        render(Template("x", MJML), {"name": "x", "links": [{"url": "data:text/html,x"}]})


def test_a_letter_without_its_looks():
    html = (
        "<head><title>No</title><style>p{}</style></head><body>"
        "<h1>Hei&nbsp;sinä</h1><p>Lue <a href='https://a.fi/?a=1&amp;b=2'>tämä</a> tai "
        "<a href='https://b.fi'>https://b.fi</a></p><ul><li>yksi</li><li>kaksi</li></ul></body>"
    )
    assert (
        text_of(html) == "Hei sinä\n\nLue tämä: https://a.fi/?a=1&b=2 tai https://b.fi\n\n- yksi\n\n- kaksi\n"
    )
