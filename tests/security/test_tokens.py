import hashlib
import re

from polku.security import hash_token, is_token, new_code, new_token, same


def test_tokens_are_long_random_and_safe_in_addresses():
    tokens = {new_token("polku_") for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"polku_[\w-]{43}", token) for token in tokens)  # 256 bits in base64


def test_the_form_of_a_token_is_known():
    assert is_token(new_token())
    for text in ("", "a" * 42, "a" * 42 + "\n", "a" * 43 + "\n", "ä" * 43, "a" * 40 + "; x"):
        assert not is_token(text)


def test_codes_are_easy_to_type():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){2}", code) for code in codes)


def test_a_hash_is_of_its_purpose():
    assert hash_token("t") == hashlib.sha256(b":t").hexdigest()
    assert hash_token("t", "csrf") != hash_token("t")


def test_same():
    assert same("ä", "ä")
    assert not same("a", "")
    assert not same("a", "ab")
