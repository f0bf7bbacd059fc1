from pathlib import Path

import pytest

from polku.errors import InvalidInput
from polku.settings import read_settings


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "polku.toml").write_text('port = 8001\nlanguage = "en"\nmemory_limit = "2 GB"\n')
    monkeypatch.setenv("POLKU_PORT", "8002")
    settings = read_settings(tmp_path)
    assert (settings.port, settings.language, settings.memory_limit) == (8002, "en", "2 GB")
    assert read_settings(tmp_path, port=8003, host=None).port == 8003


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("prot = 1", "Unknown setting 'prot'"),
        ("port = ", "not valid TOML"),
        ("port = 'eight'", "must be a whole number"),
        ("port = 99999", "1 to 65535"),
        ("port = true", "must be a whole number"),
        ("port = [8000]", "must be a whole number"),
        ("threads = -1", "0 \\(as many"),
        ("host = 5", "a text in quotes"),
        ("timezone = 'Helsinki'", "Europe/Helsinki"),
        ("timezone = '../../etc/passwd'", "Europe/Helsinki"),
        ("language = 'sv'", "Allowed: fi or en"),
        ("holidays = 'XX'", "FI, SE or DE-BY"),
        ("holidays = 'DE-XX'", "FI, SE or DE-BY"),
        ("holidays = 'fi'", "FI, SE or DE-BY"),
        ("log_level = 'loud'", "Allowed: debug"),
        ("memory_limit = 'much'", "500MB"),
        ("views_memory = 'much'", "500MB"),
        ("answers_an_hour = -1", "or more"),
        ("smtp_port = 0", "1 to 65535"),
        ("smtp_security = 'ssl'", "starttls, tls, none"),
        ("mail_from = 'asiakas'", "an address such as"),
        ("mail_reply_to = 'Asiakas <a@example.fi>'", "an address such as"),
        ('mail_name = "Kauppa\\r\\nBcc: a@example.fi"', "a text on one line"),
        ("mail_per_minute = -1", "or more"),
        (
            "smtp_host = 'smtp.example.fi'\nsmtp_security = 'none'\nsmtp_password = 's3cret'",
            "anyone on the way",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "polku.toml").write_text(line)
    with pytest.raises(InvalidInput, match=says):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "given",
    [
        {"engine": "spark://host", "lake": "x"},
        {"engine": "host:7077", "lake": "x"},
        {"engine": "spark://host:7077"},
        {"lake_minutes": -1},
    ],
)
def test_an_engine_that_cannot_be_is_refused(tmp_path, given):
    with pytest.raises(InvalidInput):
        read_settings(tmp_path, **given)


@pytest.mark.parametrize("country", ["FI", "SE", "DE-BY", ""])
def test_a_country_whose_holidays_are_known(tmp_path: Path, country: str) -> None:
    assert read_settings(tmp_path, holidays=country).holidays == country


def test_a_cluster_and_its_lake(tmp_path, monkeypatch):
    monkeypatch.setenv("POLKU_ENGINE", "spark://a:7077,b:7077")
    monkeypatch.setenv("POLKU_LAKE", "/mnt/lake")
    settings = read_settings(tmp_path)
    assert (settings.engine, settings.lake, settings.lake_minutes) == (
        "spark://a:7077,b:7077",
        "/mnt/lake",
        15,
    )


def test_a_password_is_told_nowhere(tmp_path: Path) -> None:
    (tmp_path / "polku.toml").write_text("smtp_password = 1234567")
    with pytest.raises(InvalidInput, match="must be a text") as caught:
        read_settings(tmp_path)
    assert "1234567" not in str(caught.value) + repr(caught.value.details)
    assert "s3cret" not in repr(read_settings(tmp_path.parent, smtp_password="s3cret"))
