"""One message and one server: what is said on the wire, and when."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from polku.errors import InvalidInput
from polku.mail import Connection, Server, ServerTrouble
from polku.settings import read_settings
from tests.mail.certificates import certificate
from tests.mail.postoffice import PostOffice, open_office, raw_server

MESSAGE = b"Subject: Hei\r\n\r\n.\r\n..two\r\nlast"


def test_lines_of_dots_arrive_as_they_were():
    with open_office() as office:
        connection = Connection(office.server)
        reply = connection.hand_over(MESSAGE, sender="a@example.fi", recipient="b@example.fi")
        connection.close()
    assert (reply.outcome, reply.status, reply.said) == ("sent", 250, "taken")
    assert office.taken == [("b@example.fi", MESSAGE + b"\r\n")]


def test_the_end_is_told_before_it_is_sent():
    """Until then the server has all but the line that ends the message, and may not deliver it."""
    seen: list[int] = []
    with open_office() as office:
        connection = Connection(office.server)
        connection.hand_over(
            MESSAGE,
            sender="a@example.fi",
            recipient="b@example.fi",
            before_end=lambda: seen.append(len(office.taken)),
        )
        connection.close()
    assert seen == [0]
    assert len(office.taken) == 1


def test_what_fails_before_the_end_leaves_nothing_half_sent():
    def fail() -> None:
        raise ZeroDivisionError

    with open_office() as office:
        connection = Connection(office.server)
        with pytest.raises(ZeroDivisionError):
            connection.hand_over(MESSAGE, sender="a@b.fi", recipient="b@example.fi", before_end=fail)
        assert not connection.is_alive()
    assert office.taken == []


def test_a_letter_that_is_cut_in_its_middle_has_not_reached_its_end():
    """The server reads some of it and goes away."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        for answer in (b"250 hello", b"250 ok", b"250 ok", b"354 go on"):
            connection.recv(1000)
            connection.sendall(answer + b"\r\n")
        connection.recv(10_000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    ended: list[bool] = []
    with raw_server(talk) as port:
        connection = Connection(Server("127.0.0.1", port, "none", "", "", answers_s=2))
        reply = connection.hand_over(
            b"x" * 20_000_000, sender="a@b.fi", recipient="c@d.fi", before_end=lambda: ended.append(True)
        )
    assert (reply.outcome, ended) == ("dropped", [])


def test_a_closing_server_puts_off_and_is_left():
    with open_office(PostOffice(at_rcpt=lambda _: "421 4.3.2 Shutting down")) as office:
        connection = Connection(office.server)
        reply = connection.hand_over(MESSAGE, sender="a@b.fi", recipient="c@d.fi")
        assert (reply.outcome, connection.is_alive()) == ("put_off", False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the first byte
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_with_a_known_certificate_and_a_password(tmp_path, monkeypatch, security):
    asked: list[tuple[bytes, bytes]] = []

    def authenticator(server, session, envelope, mechanism, data):
        asked.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret", handled=False)

    key, pem = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    monkeypatch.setattr("polku.mail.smtp._context", lambda: ssl.create_default_context(cafile=str(pem)))
    options = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    with open_office(
        authenticator=authenticator, auth_require_tls=security == "starttls", auth_required=True, **options
    ) as office:
        connection = Connection(Server("localhost", office.port, security, "polku", "s3cret", answers_s=5))
        assert connection.hand_over(MESSAGE, sender="a@b.fi", recipient="c@d.fi").outcome == "sent"
        connection.close()
        with pytest.raises(ServerTrouble) as wrong:
            Connection(Server("localhost", office.port, security, "polku", "wr0ng", answers_s=5))
        assert (wrong.value.reason, wrong.value.status) == ("not_authenticated", 535)
        assert "wr0ng" not in str(wrong.value)
        monkeypatch.setattr("polku.mail.smtp._context", ssl.create_default_context)
        with pytest.raises(ServerTrouble) as unknown:
            Connection(Server("localhost", office.port, security, "polku", "s3cret", answers_s=5))
        assert unknown.value.reason == "not_secure"
    assert (b"polku", b"s3cret") in asked
    assert len(office.taken) == 1


def test_a_server_is_made_of_settings(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="POLKU_SMTP_HOST"):
        Server.of(read_settings(tmp_path))
    settings = read_settings(
        tmp_path, smtp_host="smtp.example.fi", mail_from="a@example.fi", smtp_password="s3cret"
    )
    server = Server.of(settings)
    assert (server.host, server.port, server.security) == ("smtp.example.fi", 587, "starttls")
    assert "s3cret" not in repr(server) + repr(settings)
