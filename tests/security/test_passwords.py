from argon2 import PasswordHasher

from polku.security import hash_password, passwords, verify_password


def test_only_the_right_password_fits():
    stored = hash_password("polku vie perille")
    assert verify_password("polku vie perille", stored)
    assert not verify_password("polku vie perille ", stored)
    assert not verify_password("", stored)


def test_hashes_are_argon2id_and_salted():
    stored = hash_password("sama salasana")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, second recommended option
    assert stored != hash_password("sama salasana")


def test_a_broken_hash_fits_nothing():
    for stored in ("", "plain text", "$argon2id$v=19$m=1,t=1,p=1$broken"):
        assert not verify_password("plain text", stored)


def test_no_user_costs_as_much_as_a_wrong_password(monkeypatch):
    """Else the time of an answer would tell who has an account."""
    verified: list[str] = []

    class Noting(PasswordHasher):
        def verify(self, hash, password):
            verified.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Noting())
    passwords._nobody.cache_clear()  # other tests make quicker hashes
    assert not verify_password("wrong", None)
    assert not verify_password("nobody has this password", None)
    parameters = hash_password("polku vie perille").rsplit("$", 2)[0]
    assert len(verified) == 2
    assert all(hash.startswith(parameters) for hash in verified)
