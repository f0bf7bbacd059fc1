import time

from polku.security import hash_password, verify_password


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


def test_no_user_takes_as_long_as_a_wrong_password():
    stored = hash_password("polku vie perille")

    def quickest(hash_or_none: str | None) -> float:
        times = []
        for _ in range(4):
            start = time.perf_counter()
            assert not verify_password("wrong", hash_or_none)
            times.append(time.perf_counter() - start)
        return min(times)

    quickest(None)  # makes the hash that nobody has
    assert 0.2 < quickest(None) / quickest(stored) < 5
