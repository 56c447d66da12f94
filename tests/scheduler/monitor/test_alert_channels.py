"""Messages arrive whole over webhook, mail and Apprise, and are harmless; secrets stay secret."""

import logging
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientTimeout
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine, text

from news.errors import SettingError
from news.settings import read_settings
from scheduler.monitor import alert_channels
from scheduler.monitor.alert_channels import MailBox, Message, PasswordInTheOpen, send_mail
from tests.mailbox import MailServer
from tests.scheduler.monitor.conftest import EVIL, NOW, Hook, alert, notify_all

HELLO = Message("hello", ("hello",), ())


def test_mail_goes_to_everybody_named_and_the_password_is_given(engine: Engine) -> None:
    alert(engine)
    with MailServer() as mails:
        url = mails.address.replace("smtp://", "smtp://me%40example.org:open%2Fsesame@")
        notify_all(
            engine, ALERT_SMTP_URL=url, ALERT_MAIL_TO="a@example.org, b@example.org", ALERT_MAIL_FROM="n@example.org"
        )

    [sent] = mails.mails
    assert mails.envelopes == [["a@example.org", "b@example.org"]]
    assert mails.logins == ["\0me@example.org\0open/sesame"]
    assert (sent["From"], sent["Auto-Submitted"]) == ("n@example.org", "auto-generated")
    assert "0.4 GB free" in sent.get_content()


def test_password_is_neither_logged_nor_kept(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alert(engine)
    with MailServer(refuse="550 user me:sesame@ may not") as mails:
        url = mails.address.replace("smtp://", "smtp://me:sesame@")
        hook = "http://127.0.0.1:1/hook?token=sesame"
        notify_all(engine, ALERT_SMTP_URL=url, ALERT_MAIL_TO="a@example.org", ALERT_WEBHOOK_URL=hook)

    logged = [str(vars(record)) for record in caplog.records if record.message == "alerts_not_told"]
    with engine.connect() as conn:
        stored = conn.execute(text("select problem from alert_messages")).scalars().all()
    assert len(logged) == len(stored) == 2
    assert not [text for text in [*logged, *stored] if "sesame" in text]


def test_password_does_not_travel_in_the_open() -> None:
    box = MailBox("smtp://me:sesame@mail.example.org", ("a@example.org",))

    assert "sesame" not in repr(box)


def test_server_elsewhere_without_encryption_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names resolve to loopback here, which the mail code cannot know: to it the server is elsewhere."""
    with MailServer() as mails:
        import socket

        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
        box = MailBox(mails.address.replace("127.0.0.1", "me:sesame@mail.example.org"), ("a@example.org",))
        with pytest.raises(PasswordInTheOpen):
            send_mail(box, Message("x", ("x",), ()))

    assert mails.logins == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem = serialization.Encoding.PEM
    form, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, form, open_))
    return path


def tls_server(certificate: Path, *, starttls: bool) -> MailServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return MailServer(certificate=context, starttls=starttls)


@pytest.mark.parametrize("starttls", [True, False])
def test_password_goes_to_a_server_whose_certificate_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, starttls: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate, starttls=starttls) as mails:
        place = mails.address.removeprefix("smtp://127.0.0.1")
        send_mail(MailBox(f"smtp{'' if starttls else 's'}://me:sesame@localhost{place}", ("a@example.org",)), HELLO)

    assert (len(mails.mails), mails.logins) == (1, ["\0me\0sesame"])


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_server_that_is_not_who_it_says_gets_nothing(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, starttls: bool, host: str
) -> None:
    """By its right name it is not trusted, by another its certificate does not fit."""
    if host != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate, starttls=starttls) as mails:
        place = mails.address.removeprefix("smtp://127.0.0.1")
        box = MailBox(f"smtp{'' if starttls else 's'}://me:sesame@{host}{place}", ("a@example.org",))
        with pytest.raises(ssl.SSLCertVerificationError):
            send_mail(box, HELLO)

    assert (mails.mails, mails.logins) == ([], [])


@pytest.mark.parametrize("drip", [b"", b"2"])
def test_server_that_never_comes_to_an_end_is_given_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, drip: bytes
) -> None:
    monkeypatch.setattr(alert_channels, "_STEP_SECONDS", 0.3)
    monkeypatch.setattr(alert_channels, "_ALL_SECONDS", 0.6)
    alert(engine)
    with MailServer(drip=drip) as mails:
        notify_all(engine, ALERT_SMTP_URL=mails.address, ALERT_MAIL_TO="a@example.org")

    with engine.connect() as conn:
        [problem] = conn.execute(text("select problem from alert_messages")).scalars()
    assert problem


def test_webhook_that_does_not_answer_is_described_in_words(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_channels, "_WEBHOOK_SECONDS", ClientTimeout(total=0.3))
    alert(engine)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        notify_all(engine, ALERT_WEBHOOK_URL=f"http://127.0.0.1:{silent.getsockname()[1]}/")

    with engine.connect() as conn:
        assert conn.execute(text("select problem from alert_messages")).scalar_one() == "no answer in time"


def test_name_of_an_outlet_cannot_add_a_header_or_steer_what_shows_it(engine: Engine, hook: Hook) -> None:
    alert(engine, EVIL, "layout_break", {"signs": {"listings": [f"https://krone.example/{EVIL}"]}})
    with MailServer() as mails:
        notify_all(engine, ALERT_WEBHOOK_URL=hook.address, ALERT_SMTP_URL=mails.address, ALERT_MAIL_TO="a@example.org")

    [sent], [post] = mails.mails, hook.posts
    assert sent["Bcc"] is None
    assert mails.envelopes == [["a@example.org"]]
    shown = sent["Subject"] + sent.get_content() + post["text"]
    assert not set(shown) & set("\x1b\u202e")
    assert len([line for line in sent.get_content().splitlines() if line]) == 2  # the alert, and where to look
    assert not set(post["text"]) & set("<>@")


def problems(engine: Engine) -> dict[str, str | None]:
    """Why each channel failed last."""
    with engine.connect() as conn:
        rows = conn.execute(text("select channel, problem from alert_messages order by tried_at"))
        return {row.channel: row.problem for row in rows}


def apprise_url(hook: Hook, path: str = "hook/opensesame") -> str:
    return hook.address.replace("http://", "json://me:opensesame@").partition("/hook")[0] + f"/{path}"


def test_any_url_of_apprise_gets_messages(engine: Engine, hook: Hook) -> None:
    alert(engine, EVIL)
    for _ in range(2):
        notify_all(engine, ALERT_URLS=apprise_url(hook))

    [post] = hook.posts
    assert "disk full soon, 0.4 GB free" in post["message"]
    assert not set(post["title"] + post["message"]) & set("<>@\x1b\u202e")
    assert problems(engine) == {"json": None}


def test_each_url_is_a_channel_of_its_own(engine: Engine, hook: Hook) -> None:
    alert(engine)
    urls = f"{apprise_url(hook)}, json://127.0.0.1:1/a,b jsons://127.0.0.1:1/x"
    notify_all(engine, ALERT_URLS=urls)
    notify_all(engine, NOW + timedelta(hours=2), ALERT_URLS=urls)

    assert len(hook.posts) == 1
    failed = problems(engine)
    assert set(failed) == {"json", "json 2", "jsons"}
    assert failed["json"] is None
    assert "Connection error" in str(failed["json 2"])


@pytest.mark.parametrize("status", [500, 302])
def test_service_that_refuses_or_redirects_has_failed_and_no_secret_is_kept(
    engine: Engine, hook: Hook, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    hook.answers[:] = [status]
    alert(engine)
    notify_all(engine, ALERT_URLS=apprise_url(hook))

    [problem] = problems(engine).values()
    assert str(status) in str(problem)
    assert not [record for record in caplog.records if "opensesame" in str(vars(record))]


@pytest.mark.parametrize("url", ["nonsense://opensesame@x", "slack://opensesame"])
def test_url_that_apprise_does_not_know_is_reported_without_its_secrets(engine: Engine, url: str) -> None:
    alert(engine)
    notify_all(engine, ALERT_URLS=url)

    [problem] = problems(engine).values()
    assert "URL" in str(problem)
    assert "opensesame" not in str(problem)


def test_service_that_never_comes_to_an_end_is_given_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_channels, "_MESSAGE_SECONDS", 3.0)
    alert(engine)
    with MailServer(drip=b"2") as mails:
        host = mails.address.removeprefix("smtp://")
        notify_all(engine, ALERT_URLS=f"mailto://me:sesame@{host}/?smtp=127.0.0.1&from=n@example.org&to=a@example.org")

    assert problems(engine) == {"mailto": "no answer in time"}


@pytest.mark.parametrize("text", ["slack", "slack:/a", "slack://", "hook here"])
def test_invalid_list_of_urls_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SettingError) as error:
        read_settings({"ALERT_URLS": text})

    assert str(error.value) == "ALERT_URLS is not a list of URLs"
